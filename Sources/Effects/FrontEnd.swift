public import HostInventory
public import Linux
public import ResourcePools

/// One way to serve pools to kubelet. The agent hands every new partition to each front end.
public protocol FrontEnd: Sendable {
  /// Directories whose events are passed to `handle`.
  var directories: Set<String> { get }

  /// Serves the pools of `partition` from now on: start, rescan and reload alike. `snapshot` is the host that it was
  /// made of.
  func apply(_ partition: PoolPartition, snapshot: HostSnapshot) async

  /// Something happened in one of `directories`.
  func handle(_ event: DirectoryWatcher.Event) async

  /// The pools that are served, by name.
  func status() async -> [PoolStatus]

  /// Ends all pools at once. Devices of running pods stay where they are.
  func stop() async
}
