/// The state of a served pool for `/readyz` and `/metrics`.
public struct PoolStatus: Sendable {
  public let pool: ResourcePool
  /// ListAndWatch streams that kubelet has open.
  public let openStreams: Int
  /// Why kubelet does not watch the pool; nil when it does.
  public let obstacle: String?

  public init(pool: ResourcePool, openStreams: Int, obstacle: String?) {
    self.pool = pool
    self.openStreams = openStreams
    self.obstacle = obstacle
  }
}
