public import HostInventory
public import Linux
public import ResourcePools

/// An interface by which kubelet gets pools. The agent passes every new partition to each front end.
public protocol FrontEnd: Sendable {
  /// Directories whose events are passed to `handle`.
  var directories: Set<String> { get }

  /// Serves the pools of `partition` from now on, after a start, rescan or reload. `snapshot` is the host from which it
  /// was made.
  func apply(_ partition: PoolPartition, snapshot: HostSnapshot) async

  /// Handles an event in one of `directories`.
  func handle(_ event: DirectoryWatcher.Event) async

  /// The state of the served pools, sorted by name.
  func status() async -> [PoolStatus]

  /// Ends all pools at the same time. Devices of running pods stay where they are.
  func stop() async
}
