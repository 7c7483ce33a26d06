import HostInventory
import ResourcePools

/// Which pools this node has, and what of the last partition must stay in the next: decisions without I/O.
///
/// Who holds what is asked only when it matters: kubelet's answer costs a call, and a storm of events has many scans.
struct NodePools: Sendable {
  /// What each open endpoint lists. A pool without devices has none: kubelet would count a resource of zero.
  private(set) var open: [ResourceName: ResourcePool] = [:]
  /// The last answer, which has to do when there is none now.
  private var held: [HeldUnit] = []
  /// There was none when it mattered last.
  private var isUncertain = false
  /// Pools of the configuration, those without devices too; nil before the first.
  private var names: Set<ResourceName>?

  /// The partition of this look at the host, as long as nobody holds anything that it would move.
  func partition(_ inventory: Inventory, _ config: PluginConfig, _ health: NodeHealth) -> PoolPartition {
    Self.partition(inventory, config, health, held: [])
  }

  /// Whether it can be taken only once it is known which units pods have: at the start and with other pools, when a unit
  /// would leave its list, and when one would come, since a pod may have it from a pool that is no more.
  func needsAssignments(for partition: PoolPartition) -> Bool {
    guard !isUncertain, let names, names == Set(partition.pools.map(\.name)) else { return true }
    let next = Dictionary(partition.pools.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let leaves = open.contains { name, pool in pool.units.contains { next[name]?[$0.id] == nil } }
    return leaves || partition.pools.contains { pool in pool.units.contains { open[pool.name]?[$0.id] == nil } }
  }

  /// The partition with every unit of `assigned` where its pod got it; with nil, of what was known last. `free` is the one
  /// where nobody holds anything, and often it is right.
  mutating func partition(
    _ inventory: Inventory, _ config: PluginConfig, _ health: NodeHealth, assigned: [HeldUnit]?, free: PoolPartition
  ) -> PoolPartition {
    held = assigned ?? held
    isUncertain = assigned == nil
    return held.isEmpty ? free : Self.partition(inventory, config, health, held: held)
  }

  mutating func take(_ partition: PoolPartition) {
    names = Set(partition.pools.map(\.name))
    open = [:]
    for pool in partition.pools where !pool.units.isEmpty { open[pool.name] = pool }
  }

  private static func partition(
    _ inventory: Inventory, _ config: PluginConfig, _ health: NodeHealth, held: [HeldUnit]
  ) -> PoolPartition {
    PoolPartition(
      inventory: inventory, pools: config.pools + config.sharedPools, elsewhere: config.poolsElsewhere,
      health: { health.health(of: $0, in: $1) }, held: held)
  }
}
