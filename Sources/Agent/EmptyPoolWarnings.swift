import ResourcePools

/// Remembers pools that were warned about, so that each warning is logged once, when a pool loses its last device.
struct EmptyPoolWarnings: Sendable {
  private var known: Set<ResourceName> = []

  /// The pools without a device now that had one, or did not exist, at the last call.
  mutating func fresh(in partition: PoolPartition) -> [EmptyPool] {
    let names = Set(partition.pools.filter(\.units.isEmpty).map(\.name))
    let fresh = names.isSubset(of: known) ? [] : partition.emptyPools(except: known)
    known = names
    return fresh
  }
}
