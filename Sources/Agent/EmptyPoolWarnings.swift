import ResourcePools

/// Pools without a device that were warned of already: each is warned of once, when it loses its last device.
struct EmptyPoolWarnings: Sendable {
  private var known: Set<ResourceName> = []

  /// The pools that have no device now and had one, or were not there, when this was asked last.
  mutating func fresh(in partition: PoolPartition) -> [EmptyPool] {
    let names = Set(partition.pools.filter(\.units.isEmpty).map(\.name))
    let fresh = names.isSubset(of: known) ? [] : partition.emptyPools(except: known)
    known = names
    return fresh
  }
}
