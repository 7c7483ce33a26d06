public import ResourcePools
import Synchronization

/// Counts events since the start, for `/metrics` and for the summary line at the end.
public final class Counters: Sendable {
  public struct Pool: Sendable, Equatable {
    public var registrations = 0
    public var failedRegistrations = 0
    public var lists = 0
    public var allocations = 0
    public var failedAllocations = 0
    public var allocationTime = Histogram()
    /// Reported changes of devices' health, by the new state.
    public var becameUnhealthy = 0
    public var becameHealthy = 0
    /// Starts of containers whose answer to Allocate no longer fitted their devices.
    public var staleAnswers = 0
  }

  public struct Node: Sendable, Equatable {
    public var rescans = 0
    public var rescanTime = Histogram()
    public var reloads = 0
    public var failedReloads = 0
    public var lastReloadFailed = false
    /// When the configuration in force was read, in seconds since 1970.
    public var lastReload = 0.0
    /// By the step that failed; success has the key "moved".
    public var namespaceMoves: [String: Int] = [:]
  }

  private struct State {
    var pools: [ResourceName: Pool] = [:]
    var node = Node()
  }

  private let state = Mutex(State())

  /// `moveResults` are the results of moves between namespaces that are counted, from the start on.
  public init(moveResults: [String] = []) {
    for result in moveResults { state.withLock { $0.node.namespaceMoves[result] = 0 } }
  }

  public var pools: [ResourceName: Pool] { state.withLock { $0.pools } }
  public var node: Node { state.withLock { $0.node } }

  public func registered(_ name: ResourceName, failed: Bool) {
    count(name) { failed ? ($0.failedRegistrations += 1) : ($0.registrations += 1) }
  }

  public func sentList(_ name: ResourceName) { count(name) { $0.lists += 1 } }

  public func allocated(_ name: ResourceName, failed: Bool, took: Duration) {
    count(name) {
      failed ? ($0.failedAllocations += 1) : ($0.allocations += 1)
      $0.allocationTime.add(took)
    }
  }

  public func healthChanged(_ name: ResourceName, sick: Int, recovered: Int) {
    count(name) {
      $0.becameUnhealthy += sick
      $0.becameHealthy += recovered
    }
  }

  /// The configuration that was read is wrong, and the one before stays in force.
  public func refusedConfiguration() {
    onNode {
      $0.failedReloads += 1
      $0.lastReloadFailed = true
    }
  }

  /// The configuration that was read is in force from now on.
  public func tookConfiguration(at time: Double) {
    onNode {
      $0.reloads += 1
      $0.lastReloadFailed = false
      $0.lastReload = time
    }
  }

  /// Forgets removed pools: a scraper would take them for resources of the node.
  public func keep(_ names: Set<ResourceName>) {
    state.withLock { $0.pools = $0.pools.filter { names.contains($0.key) } }
  }

  public func staleAnswer(_ name: ResourceName) { count(name) { $0.staleAnswers += 1 } }

  public func onNode(_ change: (inout Node) -> Void) { state.withLock { change(&$0.node) } }

  private func count(_ name: ResourceName, _ change: (inout Pool) -> Void) {
    state.withLock { change(&$0.pools[name, default: Pool()]) }
  }
}

/// Durations in Prometheus' cumulative buckets, in seconds.
public struct Histogram: Sendable, Equatable {
  static let bounds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1.0]
  private(set) var buckets = [Int](repeating: 0, count: bounds.count)
  private(set) var count = 0
  private(set) var sum = 0.0

  public mutating func add(_ duration: Duration) {
    let seconds = duration / .seconds(1)
    count += 1
    sum += seconds
    for (index, bound) in Self.bounds.enumerated() where seconds <= bound { buckets[index] += 1 }
  }
}
