import Synchronization
import TestSupport
import Testing

@testable import KubeletState
@testable import UnifiedBus

/// A node as the lookup sees it: what kubelet and the runtime say, and which namespace is where.
private struct Node: Sendable {
  var entries: [KubeletCheckpoint.Entry] = []
  var checkpointError: KubeletStateError?
  var podResources: [PodReference]?
  var sandboxes: [PodReference: [Sandbox]] = [:]
  var statuses: [String: SandboxStatus] = [:]
  /// Inode of what opens.
  var namespaces: [NamespaceSource: UInt64] = [:]
  var processes: [Int32] = []
  var engine: [String: [String]] = [:]
  /// After how many status calls the node becomes `next`.
  var statusCalls = 0
  var reads = 0
  var pauses: [Duration] = []
}

/// Runs the lookup on a node that may change while it is looked at.
private final class Bench: Sendable {
  let node: Mutex<Node>
  let change: @Sendable (inout Node) -> Void

  init(_ node: Node, change: @escaping @Sendable (inout Node) -> Void = { _ in }) {
    self.node = Mutex(node)
    self.change = change
  }

  var lookup: PodLookup<UInt64> {
    let pause: @Sendable (Duration) async -> Void = { duration in self.node.withLock { $0.pauses.append(duration) } }
    return PodLookup(
      sources: .init(
        checkpoint: { () throws(KubeletStateError) in
          let (error, entries) = self.node.withLock { node in
            node.reads += 1
            self.change(&node)
            return (node.checkpointError, node.entries)
          }
          if let error { throw error }
          return KubeletCheckpoint(entries: entries)
        },
        podResources: node.withLock(\.podResources).map { pods in { @Sendable (_, _, _) in pods } },
        sandboxes: { pod, _ in self.node.withLock { $0.sandboxes[pod] ?? [] } },
        devices: { id throws(UnifiedBusError) in
          guard let names = self.node.withLock({ $0.engine[id] }) else {
            throw .unknownDevice(name: id, socket: "ubse")
          }
          var paths: [DevicePath] = []
          for name in names { paths.append(try DevicePath("/dev/uburma/\(name)")) }
          return paths
        },
        pause: pause),
      namespaces: PodNamespace(
        status: { id, _ throws(KubeletStateError) in
          let status = self.node.withLock { node in
            node.statusCalls += 1
            self.change(&node)
            return node.statuses[id]
          }
          guard let status else { throw .call(method: "PodSandboxStatus", socket: "cri", reason: "no sandbox \(id)") }
          return status
        },
        access: NamespaceAccess(
          open: { source throws(UnifiedBusError) in
            guard let inode = self.node.withLock({ $0.namespaces[source] }) else {
              throw .namespace(path: source.description, reason: "not there")
            }
            return inode
          },
          identity: { NamespaceIdentity(device: 4, inode: $0) },
          host: { NamespaceIdentity(device: 4, inode: 1) },
          processes: { _ in self.node.withLock(\.processes) }),
        pause: pause))
  }

  func locate(
    _ ids: [String] = ["urma_1"], within: Duration = .seconds(25)
  ) async throws(UnifiedBusError) -> DevicePlacement<UInt64> {
    try await lookup.locate(ids, of: resource, before: .after(within))
  }

  /// The step that failed; nil when none did.
  func failure(_ ids: [String] = ["urma_1"], within: Duration = .seconds(25)) async -> PlacementFailure? {
    do throws(UnifiedBusError) {
      _ = try await locate(ids, within: within)
      return nil
    } catch {
      guard case .placement(let failure) = error else {
        Issue.record("expected a placement failure, found \(error)")
        return nil
      }
      return failure
    }
  }
}

private let resource = "unifiedbus.com/ub_net_device"

private func entry(_ pod: String, _ ids: Set<String>, _ nodes: [String]) -> KubeletCheckpoint.Entry {
  let specs = nodes.flatMap { node in
    let path = Array("/dev/uburma/\(node)".utf8)
    return [0x1A, UInt8(path.count + 2), 0x12, UInt8(path.count)] + path
  }
  return .init(podUID: pod, container: "c", resource: resource, ids: ids, allocation: specs)
}

private func sandbox(_ id: String, of pod: String, ready: Bool = true) -> Sandbox {
  Sandbox(id: id, podUID: pod, isReady: ready, attempt: 0, createdAt: 0)
}

private func status(
  _ id: String, mode: SandboxStatus.NetworkMode = .pod, pid: Int32? = nil, path: String? = nil, ready: Bool = true
) -> SandboxStatus {
  SandboxStatus(
    id: id, isReady: ready, mode: mode,
    info: SandboxInfo(pid: pid, network: path.map(SandboxInfo.Network.path) ?? .untold, metadataPath: nil))
}

@Suite("Pod lookup")
struct PodLookupTests {
  /// One pod that holds `urma_1`, its sandbox with a process, in namespace 100.
  private var plain: Node {
    var node = Node()
    node.entries = [entry("pod", ["urma_1"], ["bonding_dev_1", "udma1", "udma31"])]
    node.sandboxes = [.uid("pod"): [sandbox("s", of: "pod")]]
    node.statuses = ["s": status("s", pid: 7, path: "/n/a")]
    node.namespaces = [.process(7): 100, .file("/n/a"): 100]
    return node
  }

  private func namespace(_ placement: DevicePlacement<UInt64>) -> UInt64? {
    if case .namespace(let namespace) = placement.target { namespace } else { nil }
  }

  @Test("ids lead to the pod's namespace and the devices of its container")
  func plainPod() async throws {
    let placement = try await Bench(plain).locate()
    #expect(placement.pod == .uid("pod"))
    #expect(placement.sandbox == "s")
    #expect(namespace(placement) == 100)
    #expect(placement.devices.map(\.kernelName) == ["udma1", "udma31", "bonding_dev_1"])
  }

  @Test("of two sandboxes the ready one counts")
  func twoSandboxes() async throws {
    var node = plain
    node.sandboxes[.uid("pod")] = [sandbox("old", of: "pod", ready: false), sandbox("s", of: "pod")]
    #expect(try await Bench(node).locate().sandbox == "s")
  }

  @Test("pid 0: the runtime's file leads to the namespace")
  func noProcess() async throws {
    var node = plain
    node.statuses["s"] = status("s", path: "/n/a")
    #expect(namespace(try await Bench(node).locate()) == 100)
  }

  @Test("a runtime that tells nothing: the process of the sandbox's control group leads there")
  func silentRuntime() async throws {
    var node = plain
    node.statuses["s"] = status("s")
    node.processes = [7, 8]
    #expect(namespace(try await Bench(node).locate()) == 100)
    node.processes = []
    let failure = await Bench(node).failure()
    #expect(failure?.step == .namespace)
    #expect(failure?.reason.contains("neither a process nor a path") == true)
  }

  @Test("a host network pod keeps its devices where they are")
  func hostNetwork() async throws {
    var node = plain
    node.statuses["s"] = status("s", mode: .node, pid: 7)
    node.namespaces = [.process(7): 1]
    let placement = try await Bench(node).locate()
    #expect(namespace(placement) == nil)
  }

  @Test("a stale uid in the checkpoint is told apart by its sandbox")
  func staleUID() async throws {
    var node = plain
    node.entries.insert(entry("gone", ["urma_1"], ["udma1"]), at: 0)
    node.entries.insert(entry("ended", ["urma_1"], ["udma1"]), at: 0)
    node.sandboxes[.uid("ended")] = [sandbox("e", of: "ended", ready: false)]
    #expect(try await Bench(node).locate().pod == .uid("pod"))
  }

  @Test("two running pods that both hold an id: nothing is moved")
  func twoRunning() async {
    var node = plain
    node.entries.append(entry("twin", ["urma_1"], ["udma1"]))
    node.sandboxes[.uid("twin")] = [sandbox("t", of: "twin")]
    let failure = await Bench(node).failure()
    #expect(failure?.step == .sandbox)
    #expect(failure?.reason == "pod pod and pod twin both run and hold them")
  }

  @Test("an id in two containers of one pod")
  func twoContainers() async throws {
    var node = plain
    node.entries.append(entry("pod", ["urma_1"], ["bonding_dev_1", "udma1", "udma31"]))
    #expect(try await Bench(node).locate().devices.count == 3)
  }

  @Test("several ids of one container")
  func severalIDs() async throws {
    var node = plain
    node.entries = [entry("pod", ["urma_1", "urma_2"], ["udma1", "udma2", "bonding_dev_1", "bonding_dev_2"])]
    let placement = try await Bench(node).locate(["urma_2", "urma_1"])
    #expect(placement.devices.map(\.kernelName) == ["udma1", "udma2", "bonding_dev_1", "bonding_dev_2"])
  }

  @Test("an entry that is written a moment later is waited for, twice")
  func lateEntry() async throws {
    var node = plain
    let entries = node.entries
    node.entries = []
    let bench = Bench(node) { if $0.reads == 3 { $0.entries = entries } }
    #expect(try await bench.locate().pod == .uid("pod"))
    #expect(bench.node.withLock(\.pauses) == [.milliseconds(200), .milliseconds(200)])
  }

  @Test("no holder: the first step fails, for the id, after three looks")
  func noHolder() async {
    var node = plain
    node.entries = []
    let bench = Bench(node)
    let failure = await bench.failure(["urma_7"])
    #expect(failure?.step == .pod)
    #expect(failure?.ids == ["urma_7"])
    #expect(failure?.description.hasPrefix("step 1 of 4, find the pod, failed for urma_7: ") == true)
    #expect(bench.node.withLock(\.reads) == 3)
  }

  @Test("no checkpoint: pod resources say who, and the engine says what")
  func podResources() async throws {
    var node = plain
    node.checkpointError = .checkpoint(path: "c", reason: "No such file or directory")
    let pod = PodReference.name("train", namespace: "default")
    node.podResources = [pod]
    node.sandboxes[pod] = [sandbox("s", of: "pod")]
    node.engine = ["urma_1": ["udma1", "udma31", "bonding_dev_1"]]
    let placement = try await Bench(node).locate()
    #expect(placement.pod == pod)
    #expect(placement.devices.count == 3)
    node.podResources = []
    #expect(await Bench(node).failure()?.step == .pod)
  }

  @Test("an answer that kubelet did not keep is asked of the engine again")
  func emptyAnswer() async throws {
    var node = plain
    node.entries = [entry("pod", ["urma_1"], [])]
    node.engine = ["urma_1": ["udma1", "udma31", "bonding_dev_1"]]
    #expect(try await Bench(node).locate().devices.map(\.kernelName) == ["udma1", "udma31", "bonding_dev_1"])
    node.engine = [:]
    #expect(await Bench(node).failure()?.step == .pod)
    node.engine = ["urma_1": []]
    let failure = await Bench(node).failure()
    #expect(failure?.step == .pod)
    #expect(failure?.reason == "no kernel device is known for them")
    #expect(failure?.advice == "check that the UBS engine runs")
  }

  @Test("a harmful path in the checkpoint is refused")
  func hostilePath() async {
    var node = plain
    node.entries = [entry("pod", ["urma_1"], ["udma1", "../../etc"])]
    let failure = await Bench(node).failure()
    #expect(failure?.step == .pod)
    #expect(failure?.reason.contains("refused") == true)
  }

  @Test("no ready sandbox: the second step fails and says what there is")
  func noSandbox() async {
    var node = plain
    node.sandboxes = [.uid("pod"): [sandbox("s", of: "pod", ready: false)]]
    let failure = await Bench(node).failure()
    #expect(failure?.step == .sandbox)
    #expect(failure?.reason == "pod pod has 1 sandboxes, none of them ready")
  }

  @Test("the process ended between the answer and the opening: the sandbox is looked at again")
  func reusedProcess() async throws {
    var node = plain
    node.statuses["s"] = status("s", pid: 7)
    // The number went to a process of another pod; the runtime then reports the new one.
    node.namespaces = [.process(7): 666, .process(9): 100]
    let bench = Bench(node) { if $0.statusCalls >= 2 { $0.statuses["s"] = status("s", pid: 9) } }
    #expect(namespace(try await bench.locate()) == 100)
  }

  @Test("a sandbox that goes away while it is looked at is not used")
  func endingSandbox() async {
    let bench = Bench(plain) { node in
      if node.statusCalls >= 2 { node.statuses["s"] = status("s", pid: 7, path: "/n/a", ready: false) }
    }
    let failure = await bench.failure()
    #expect(failure?.step == .namespace)
    #expect(failure?.reason.contains("no longer ready") == true)
  }

  @Test("process and file that disagree are asked for again, and then given up")
  func disagreement() async throws {
    var node = plain
    node.namespaces[.process(7)] = 666
    let failure = await Bench(node).failure()
    #expect(failure?.step == .namespace)
    #expect(failure?.reason.contains("different network namespaces") == true)
    let bench = Bench(node) { if $0.statusCalls == 2 { $0.namespaces[.process(7)] = 100 } }
    #expect(namespace(try await bench.locate()) == 100)
  }

  @Test("the host's namespace under the pod's process is refused")
  func hostsNamespace() async {
    var node = plain
    node.statuses["s"] = status("s", pid: 7)
    node.namespaces = [.process(7): 1]
    let failure = await Bench(node).failure()
    #expect(failure?.step == .namespace)
    #expect(failure?.reason.contains("host's network") == true)
  }

  @Test("when the time is over, no further try is made, and the error says so")
  func deadline() async {
    var node = plain
    node.namespaces = [:]
    let bench = Bench(node)
    let failure = await bench.failure(within: .zero)
    #expect(failure?.step == .namespace)
    #expect(failure?.reason.contains("the time was over") == true)
    #expect(bench.node.withLock(\.statusCalls) == 1)
  }

  @Test("every failure names its step, its ids and what to do")
  func texts() {
    let failure = PlacementFailure(step: .move, ids: ["urma_1", "urma_2"], reason: "shared mode", advice: "set it")
    #expect(
      UnifiedBusError.placement(failure).description
        == "step 4 of 4, move the device, failed for urma_1, urma_2: shared mode; set it")
    #expect(PlacementFailure.Step.allCases.map(\.rawValue) == [1, 2, 3, 4])
  }
}
