/// The state of a served pool, for `/readyz` and `/metrics`.
public struct PoolStatus: Sendable {
  /// The pool with its units.
  public let pool: ResourcePool
  /// The number of ListAndWatch streams that kubelet has open; nil when DRA serves the pool.
  public let openStreams: Int?
  /// Why kubelet does not watch the pool; nil when it does.
  public let obstacle: String?
  /// The state of the API helper, which pools that DRA serves need; nil for other pools.
  public let helper: Helper?

  /// The state of the API helper.
  public enum Helper: Sendable, Equatable {
    /// It is connected and answers, and the API server has the slices.
    case works
    /// Why it does not work.
    case fails(String)
  }

  /// Creates the state of a pool.
  public init(pool: ResourcePool, openStreams: Int?, obstacle: String?, helper: Helper? = nil) {
    self.pool = pool
    self.openStreams = openStreams
    self.obstacle = obstacle
    self.helper = helper
  }
}
