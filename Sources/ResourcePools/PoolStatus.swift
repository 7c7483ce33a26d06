/// The state of a served pool, for `/readyz` and `/metrics`.
public struct PoolStatus: Sendable {
  /// The pool with its units.
  public let pool: ResourcePool
  /// The number of ListAndWatch streams that kubelet has open; nil when DRA serves the pool.
  public let openStreams: Int?
  /// Why kubelet does not watch the pool; nil when it does.
  public let obstacle: String?

  /// Creates the state of a pool.
  public init(pool: ResourcePool, openStreams: Int?, obstacle: String?) {
    self.pool = pool
    self.openStreams = openStreams
    self.obstacle = obstacle
  }
}
