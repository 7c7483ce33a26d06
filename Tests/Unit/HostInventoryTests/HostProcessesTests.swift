import HostInventory
import TestSupport
import Testing

@Suite("Host processes")
struct HostProcessesTests {
  static let id = "9b1d0c6f2e5a4b3c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c"

  @Test("a container's processes are those in the control group of its name, whoever made it")
  func controlGroups() throws {
    let machine = try MachineTree(
      text: """
        machine host of a container runtime
        file proc/41231/cgroup 0::/kubepods.slice/kubepods-burstable.slice/docker-\(Self.id).scope
        file proc/900/cgroup 5:devices:/kubepods/burstable/pod0f6c/\(Self.id)
        file proc/77/cgroup 0::/kubepods.slice/docker-\(Self.id)0.scope
        file proc/78/cgroup 0::/kubepods.slice/x\(Self.id)
        file proc/1/cgroup 0::/init.scope
        file proc/1/comm \(Self.id)
        dir proc/42
        file proc/self/cgroup 0::/\(Self.id)
        """)
    let processes = HostProcesses(root: machine.root)
    #expect(processes.inControlGroup(of: Self.id) == [900, 41231])
    #expect(processes.inControlGroup(of: "init.scope").isEmpty)
    #expect(processes.inControlGroup(of: "") == [])
  }

  @Test("a host without procfs has none of these processes")
  func noProcfs() throws {
    #expect(
      HostProcesses(root: try MachineTree(text: "machine bare\ndir sys\n").root).inControlGroup(of: Self.id).isEmpty)
  }

  @Test("a network namespace is found below the root, or in this process's own procfs")
  func namespace() throws {
    #expect(HostProcesses(root: HostRoot("/")).networkNamespace(of: 7) == "/proc/7/ns/net")
    let mounted = try MachineTree(text: "machine with procfs\ndir proc/1\n")
    #expect(
      HostProcesses(root: mounted.root).networkNamespace(of: 1) == "\(mounted.root.path)/proc/1/ns/net")
    let bare = try MachineTree(text: "machine of a pod with hostPID\ndir sys\n")
    #expect(HostProcesses(root: bare.root).networkNamespace(of: 1) == "/proc/1/ns/net")
  }
}
