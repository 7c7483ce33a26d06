/// Processes of the host, as its procfs tells.
///
/// The numbers are the host's only where this process shares its process namespace (`hostPID` of a pod).
public struct HostProcesses: Sendable {
  private let root: HostRoot

  /// Where the root that is mounted in a container has no procfs, the container's own is taken: with `hostPID` it shows
  /// the same processes, and what runtimes hide of `/proc` stays hidden.
  public init(root: HostRoot) { self.root = root.exists(HostPath.processes) ? root : HostRoot("/") }

  /// The file of a process's network namespace, as found by this process.
  public func networkNamespace(of process: Int32) -> String {
    root.resolve("\(HostPath.processes)/\(process)/ns/net")
  }

  /// Processes in control groups that are named for a container, in order: how those of a container are found when its
  /// runtime does not tell them.
  ///
  /// `id` is the runtime's; its control group is called so, or `docker-<id>.scope`. Empty when procfs can't be read.
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
