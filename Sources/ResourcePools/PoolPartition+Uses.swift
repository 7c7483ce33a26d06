import HostInventory

extension PoolPartition {
  /// Whether it matters at all times what pods have, not only when a unit would come or go: a shared IOMMU group, an
  /// interface that is missed, or a device that a shared pool and another one have.
  public var dependsOnUses: Bool {
    var shared: Set<String> = []
    for pool in pools where pool.config.type.ownership == .shared {
      shared.formUnion(pool.units.first?.members.map(\.device.id) ?? [])
    }
    return pools.contains { pool in
      guard pool.config.type.ownership == .claimed else { return false }
      let checks = pool.config.healthChecks
      return pool.config.isRetired
        || pool.units.contains { unit in
          unit.members.contains { member in
            (checks.contains(.group) && member.device.sharedGroup != nil)
              || (checks.contains(.interface) && member.device.hasLostInterface) || shared.contains(member.device.id)
          }
        }
    }
  }

  /// Devices of these pools that a pod has under a resource that is none of theirs, by device id.
  public var foreignUses: [String: ResourceName] {
    departed.filter { id, _ in
      guard let device = inventory[id] else { return false }
      return pools.contains { pool in
        pool.config.type.ownership == .claimed
          && PoolRules(config: pool.config, nodes: inventory.nodes).selector(taking: device) != nil
      }
    }
  }
}
