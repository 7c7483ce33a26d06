public import ResourcePools
import Synchronization

/// Counts events since the start of the process, for `/metrics` and for the summary line at the end.
public final class Counters: Sendable {
  /// The counters of one resource.
  struct Pool: Sendable, Equatable {
    var registrations = 0
    var failedRegistrations = 0
    var lists = 0
    var allocations = 0
    var failedAllocations = 0
    var allocationTime = Histogram()
    /// Reported changes of devices' health, by the new state.
    var becameUnhealthy = 0
    var becameHealthy = 0
    /// Starts of containers whose Allocate answer no longer fitted their devices.
    var staleAnswers = 0
  }

  /// Counters that belong to no resource.
  public struct Node: Sendable, Equatable {
    /// How often the host was read.
    public var rescans = 0
    /// The duration of each read of the host.
    public var rescanTime = Histogram()
    var reloads = 0
    var failedReloads = 0
    var lastReloadFailed = false
    /// When the configuration in effect was read, in seconds since 1970.
    public var lastReload = 0.0
    /// Moves of UB devices into pods, by result: `moved`, or the step that failed.
    public var namespaceMoves: [String: Int] = [:]
    var preparedClaims = 0
    var refusedClaims = 0
    var claimTime = Histogram()
  }

  private struct State {
    var pools: [ResourceName: Pool] = [:]
    var node = Node()
  }

  private let state = Mutex(State())

  /// Starts all counters at 0. `moveResults` are the keys of `namespaceMoves`, so that a scrape shows each from the
  /// start.
  public init(moveResults: [String] = []) {
    for result in moveResults { state.withLock { $0.node.namespaceMoves[result] = 0 } }
  }

  var pools: [ResourceName: Pool] { state.withLock { $0.pools } }
  var node: Node { state.withLock { $0.node } }

  /// Counts a registration with kubelet.
  public func registered(_ name: ResourceName, failed: Bool) {
    count(name) { failed ? ($0.failedRegistrations += 1) : ($0.registrations += 1) }
  }

  /// Counts a device list that was sent to kubelet.
  public func sentList(_ name: ResourceName) { count(name) { $0.lists += 1 } }

  /// Counts an answered Allocate call and its duration.
  public func allocated(_ name: ResourceName, failed: Bool, took: Duration) {
    count(name) {
      failed ? ($0.failedAllocations += 1) : ($0.allocations += 1)
      $0.allocationTime.add(took)
    }
  }

  /// Counts a claim that kubelet wanted to be prepared, and the time to its answer.
  public func prepared(failed: Bool, took: Duration) {
    onNode {
      failed ? ($0.refusedClaims += 1) : ($0.preparedClaims += 1)
      $0.claimTime.add(took)
    }
  }

  /// Counts units whose health has changed: `sick` became unhealthy, `recovered` healthy.
  public func healthChanged(_ name: ResourceName, sick: Int, recovered: Int) {
    count(name) {
      $0.becameUnhealthy += sick
      $0.becameHealthy += recovered
    }
  }

  /// Counts a configuration that was rejected; the one before stays in effect.
  public func refusedConfiguration() {
    onNode {
      $0.failedReloads += 1
      $0.lastReloadFailed = true
    }
  }

  /// Counts a configuration that is in effect from now on. `time` is in seconds since 1970.
  public func tookConfiguration(at time: Double) {
    onNode {
      $0.reloads += 1
      $0.lastReloadFailed = false
      $0.lastReload = time
    }
  }

  /// Removes the counters of all other resources, so that a scraper does not take removed pools for resources of the
  /// node.
  public func keep(_ names: Set<ResourceName>) {
    state.withLock { $0.pools = $0.pools.filter { names.contains($0.key) } }
  }

  /// Counts the start of a container whose Allocate answer no longer fits its devices.
  public func staleAnswer(_ name: ResourceName) { count(name) { $0.staleAnswers += 1 } }

  /// Counts a scan of the host that took so long.
  public func rescanned(took duration: Duration) {
    onNode {
      $0.rescans += 1
      $0.rescanTime.add(duration)
    }
  }

  /// Changes the counters that belong to no resource.
  public func onNode(_ change: (inout Node) -> Void) { state.withLock { change(&$0.node) } }

  private func count(_ name: ResourceName, _ change: (inout Pool) -> Void) {
    state.withLock { change(&$0.pools[name, default: Pool()]) }
  }
}

/// Durations in cumulative buckets, as Prometheus has them; in seconds.
public struct Histogram: Sendable, Equatable {
  static let bounds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1.0]
  private(set) var buckets = [Int](repeating: 0, count: bounds.count)
  private(set) var count = 0
  private(set) var sum = 0.0

  /// Counts one duration.
  public mutating func add(_ duration: Duration) {
    let seconds = duration / .seconds(1)
    count += 1
    sum += seconds
    for (index, bound) in Self.bounds.enumerated() where seconds <= bound { buckets[index] += 1 }
  }
}
