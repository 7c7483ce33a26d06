/// What `/readyz` and `/metrics` say of a pool that is served.
public struct PoolStatus: Sendable {
  public let pool: ResourcePool
  /// Streams by which kubelet hears of its devices.
  public let openStreams: Int
  /// Why kubelet does not watch it; nil: it does.
  public let obstacle: String?

  public init(pool: ResourcePool, openStreams: Int, obstacle: String?) {
    self.pool = pool
    self.openStreams = openStreams
    self.obstacle = obstacle
  }
}
