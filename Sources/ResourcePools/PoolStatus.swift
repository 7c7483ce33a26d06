/// The state of a served pool for `/readyz` and `/metrics`.
public struct PoolStatus: Sendable {
  public let pool: ResourcePool
  /// ListAndWatch streams that kubelet has open; nil: DRA serves the pool, which has none.
  public let openStreams: Int?
  /// Why the pool's devices can't be had; nil when they can.
  public let obstacle: String?

  public init(pool: ResourcePool, openStreams: Int?, obstacle: String?) {
    self.pool = pool
    self.openStreams = openStreams
    self.obstacle = obstacle
  }
}
