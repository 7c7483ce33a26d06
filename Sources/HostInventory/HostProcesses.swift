/// Looks up processes of the host in procfs.
///
/// Process numbers are the host's only if this process is in the host's process namespace (`hostPID` of the pod).
public struct HostProcesses: Sendable {
  private let root: HostRoot

  /// Uses the procfs below `root`, or this container's own if there is none. With `hostPID` the container's own lists
  /// the same processes, without the files that the container runtime masks.
  public init(root: HostRoot) { self.root = root.exists(HostPath.processes) ? root : HostRoot("/") }

  /// The file of a process's network namespace, as this process can open it.
  public func networkNamespace(of process: Int32) -> String {
    root.resolve("\(HostPath.processes)/\(process)/ns/net")
  }

  /// Finds the processes in the control group of a container, for runtimes that do not report them.
  ///
  /// The control group is called `id`, or `docker-<id>.scope`.
  ///
  /// - Returns: Process numbers in ascending order; empty when procfs can't be read.
  public func inControlGroup(of id: String) -> [Int32] {
    // Short ids could be a part of anything.
    guard id.utf8.count >= 12 else { return [] }
    var found: [Int32] = []
    do throws(HostInventoryError) {
      let processes = try SysfsDirectory(HostPath.processes, in: root)
      for name in try processes.names(where: { Int32($0) != nil }) {
        if let process = Int32(name), Self.isIn(id, processes, name) { found.append(process) }
      }
    } catch {
      return []
    }
    return found.sorted()
  }

  /// False for a process that has ended meanwhile.
  private static func isIn(_ id: String, _ processes: borrowing SysfsDirectory, _ name: String) -> Bool {
    do throws(HostInventoryError) {
      return try processes.directory(name).text("cgroup").map { text in
        // A line is `hierarchy:controllers:path`.
        text.split(separator: "\n").contains { line in
          line.split(separator: "/").contains { $0 == id || $0.hasSuffix("-\(id).scope") }
        }
      } ?? false
    } catch {
      return false
    }
  }
}
