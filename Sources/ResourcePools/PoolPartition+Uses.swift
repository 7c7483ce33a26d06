import HostInventory

extension PoolPartition {
  /// Whether the pools depend at all times on what pods have, not only when units appear or disappear: because of a
  /// shared IOMMU group, a lost interface, or a device in both a shared and another pool.
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

  /// Devices of these pools that a pod has by a resource of no pool, by device id.
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
