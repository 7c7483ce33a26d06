import ResourcePools

/// A pool that DRA serves, and its published form.
struct OfferedPool: Sendable {
  let published: PublishedPool
  let pool: ResourcePool

  init(_ pool: ResourcePool, for context: DRAContext) {
    self.pool = pool
    published = PublishedPool(pool, node: context.node, driver: context.driver)
  }
}
