import HostInventory
import KubeletState
import ResourcePools

/// Which pools this node has, and what of the last partition must stay in the next: decisions without I/O.
///
/// Kubelet is asked which pods have what only when it matters: it costs a call, and a storm of events has many scans.
struct NodePools: Sendable {
  /// What the endpoints follow now; nil before the host was read.
  private(set) var partition: PoolPartition?
  /// What each open endpoint lists. A pool without devices has none: kubelet would count a resource of zero.
  private(set) var open: [ResourceName: ResourcePool] = [:]
  /// The last answer, which is used while there is no new one.
  private var known = PodUses()
  /// When it came.
  private var askedAt = -Double.infinity
  /// Whether the partition depends on what pods have, so that kubelet is asked often.
  private(set) var dependsOnUses = false
  /// Pools that are no longer in the configuration, as long as pods have units of them.
  private var retired: [PoolConfig] = []
  /// Kubelet gave no answer when it was last needed.
  private var isUncertain = false
  /// Pools of the configuration, those without devices too; nil before the first partition.
  private var names: Set<ResourceName>?

  /// Often enough to see that a pod has ended, and rarely enough not to burden kubelet in a storm of events.
  private static let pause = 1.0
  /// Claims come without an event. The safety scan asks once a minute, and its timer is not exact.
  private static let longestPause = 55.0

  /// The partition of this snapshot, if no pod holds a unit that it would move.
  func partition(_ inventory: Inventory, _ config: PluginConfig, _ health: NodeHealth) -> PoolPartition {
    partition(inventory, config, health, uses: dependsOnUses ? known : PodUses())
  }

  /// Whether kubelet must be asked which units pods have before this partition is taken:
  /// - kubelet gave no answer when it was last needed;
  /// - the set of pools is another, as at the start;
  /// - a unit would leave its list;
  /// - a unit would come to a list: a pod may have it from a pool that is gone;
  /// - the last answer is old: a second if the partition depends on what pods have, else a minute.
  ///
  /// `now` in seconds of a clock that only goes forward.
  func needsAssignments(for partition: PoolPartition, at now: Double) -> Bool {
    guard !isUncertain, let names, names == Set(partition.pools.map(\.name)) else { return true }
    let pause = dependsOnUses || partition.dependsOnUses ? Self.pause : Self.longestPause
    if now - askedAt >= pause { return true }
    let next = Dictionary(partition.pools.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let leaves = open.contains { name, pool in pool.units.contains { next[name]?[$0.id] == nil } }
    return leaves || partition.pools.contains { pool in pool.units.contains { open[pool.name]?[$0.id] == nil } }
  }

  /// The partition with every unit of `uses` where its pod got it; with nil, of what was known last.
  mutating func partition(
    _ inventory: Inventory, _ config: PluginConfig, _ health: NodeHealth, uses: PodUses?, at now: Double
  ) -> PoolPartition {
    let claims = known.claims
    known = uses ?? known
    // The checkpoint has no claims: the last ones that podresources reported hold until it answers again.
    if !known.isCurrent { known.claims = claims }
    isUncertain = uses == nil
    askedAt = now
    retire(config)
    return partition(inventory, config, health, uses: known)
  }

  /// Keeps pools that the configuration has lost while pods have units of them.
  private mutating func retire(_ config: PluginConfig) {
    let names = Set((config.pools + config.sharedPools).map(\.name))
    let held = Set(known.units.map(\.pool))
    // A pool that `nodeNames` now keeps from this node is lost to it as well.
    let lost = open.values.map(\.config) + retired + config.poolsElsewhere
    retired = []
    for var pool in lost where !names.contains(pool.name) && held.contains(pool.name) {
      guard !retired.contains(where: { $0.name == pool.name }) else { continue }
      pool.isRetired = true
      retired.append(pool)
    }
    retired.sort { "\($0.name)" < "\($1.name)" }
  }

  /// Makes the next `needsAssignments` true.
  mutating func askAgain() { isUncertain = true }

  mutating func take(_ partition: PoolPartition) {
    self.partition = partition
    names = Set(partition.pools.map(\.name))
    open = [:]
    for pool in partition.pools where !pool.units.isEmpty { open[pool.name] = pool }
    dependsOnUses = partition.dependsOnUses || !known.claims.isEmpty
  }

  private func partition(
    _ inventory: Inventory, _ config: PluginConfig, _ health: NodeHealth, uses: PodUses
  ) -> PoolPartition {
    let configured = config.pools + config.sharedPools
    let names = Set(configured.map(\.name))
    return PoolPartition(
      inventory: inventory, pools: configured + retired.filter { !names.contains($0.name) },
      elsewhere: config.poolsElsewhere,
      health: { health.health(of: $0, in: $1) }, held: uses.units, claims: uses.claims)
  }
}
