import HostInventory
import ResourcePools

/// What must hold of pools, whatever the configuration and the host are.
enum PoolCheck {
  static func pools(of config: PluginConfig, on inventory: Inventory) throws(Finding) {
    let partition = PoolPartition(
      inventory: inventory, pools: config.pools + config.sharedPools, elsewhere: config.poolsElsewhere)
    var owners: [String: ResourceName] = [:]
    for pool in partition.pools {
      try Finding.unless(isFileName("\(pool.name.prefix)_\(pool.name.name).sock"), "the socket of \(pool.name)")
      for stem in [pool.config.type.cdi.fileStem(of: pool.name)] {
        try Finding.unless(isFileName(stem), "the CDI file of \(pool.name)")
      }
      // A replica stands for the same device.
      for id in Set(pool.units.flatMap(\.members).map(\.device.id)) where pool.config.type.ownership == .claimed {
        let other = owners.updateValue(pool.name, forKey: id)
        try Finding.unless(other == nil, "\(id) is in \(pool.name) and in \(other.map { "\($0)" } ?? "")")
      }
      try units(of: pool, on: inventory)
    }
  }

  private static func units(of pool: ResourcePool, on inventory: Inventory) throws(Finding) {
    let ids = pool.units.prefix(4).map(\.id)
    let chosen = pool.preferred(from: ids, including: Array(ids.suffix(1)), count: 2)
    try Finding.unless(Set(chosen).isSubset(of: ids), "\(chosen) was not to be had in \(pool.name)")
    for unit in pool.units.prefix(4) {
      try Finding.unless(pool[unit.id]?.id == unit.id, "\(unit.id) is listed and not found in \(pool.name)")
      for mode in [CDIMode.off, .both] {
        guard
          let allocation = try? pool.allocate(
            [unit.id], seeing: pool.devices(of: [unit.id]).compactMap { inventory[$0] }, nodes: inventory.nodes,
            cdi: mode)
        else { continue }
        try effects(of: allocation, in: pool)
      }
    }
  }

  /// Every name that becomes a path is one component, and no path climbs.
  private static func effects(of allocation: Allocation, in pool: ResourcePool) throws(Finding) {
    for node in allocation.nodes {
      for path in [node.hostPath, node.containerPath] {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        try Finding.unless(
          path.hasPrefix("/dev/") && !parts.contains("..") && !path.utf8.contains(0), "a node \(path) of \(pool.name)")
      }
    }
    for case .deviceInfo(let info) in allocation.effects {
      try Finding.unless(isFileName(info.fileName), "the DeviceInfo file \(info.fileName)")
    }
    for case .cdiSpec(let spec) in allocation.effects {
      try Finding.unless(isFileName(spec.fileName), "the CDI file \(spec.fileName)")
    }
    for (key, value) in allocation.environment {
      try Finding.unless(!key.isEmpty && !key.contains("=") && !value.utf8.contains(0), "a variable \(key)=\(value)")
    }
  }

  static func isFileName(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".." && !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") }
  }
}
