import ResourcePools

/// Remembers the reported health of units, so that each change is logged once, with its reason.
struct HealthTransitions: Sendable {
  struct Change: Sendable, Equatable {
    let pool: ResourceName
    /// Units that became unhealthy, with the reason.
    let fallen: [String: String]
    /// Units that became healthy again and still exist.
    let recovered: [String]
  }

  private var sick: [ResourceName: [String: String]] = [:]

  /// The changes of each pool; pools without a change are left out.
  mutating func changes(in partition: PoolPartition) -> [Change] {
    partition.pools.compactMap { pool in
      let now = pool.sickUnits
      let before = sick.updateValue(now, forKey: pool.name) ?? [:]
      let change = Change(
        pool: pool.name, fallen: now.filter { before[$0.key] == nil },
        recovered: before.keys.filter { now[$0] == nil && pool[$0] != nil })
      return change.fallen.isEmpty && change.recovered.isEmpty ? nil : change
    }
  }
}

extension ResourcePool {
  /// Units that are Unhealthy, with the reason.
  fileprivate var sickUnits: [String: String] {
    var sick: [String: String] = [:]
    for unit in units {
      if case .unhealthy(let reason) = unit.health { sick[unit.id] = reason }
    }
    return sick
  }
}
