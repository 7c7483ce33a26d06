import HostInventory
import KubeletState
import ResourcePools

/// Decides which pools this node has, and which units of the last partition must stay in the next one. It does no I/O.
///
/// kubelet is asked which pods have what only when it matters, because that is a call, and many events cause many
/// scans.
struct NodePools: Sendable {
  /// What the endpoints follow now; nil before the host was read.
  private(set) var partition: PoolPartition?
  /// The pools with open endpoints. A pool without devices has none, because kubelet would list a resource of zero.
  private(set) var open: [ResourceName: ResourcePool] = [:]
  /// The last answer of kubelet, which is used until there is a new one.
  private var known = PodUses()
  /// The time of the last answer.
  private var askedAt = -Double.infinity
  /// Whether the partition depends on what pods have, so that kubelet is asked often.
  private(set) var dependsOnUses = false
  /// Pools that are no longer in the configuration, while pods have units of them.
  private var retired: [PoolConfig] = []
  /// Pools of this program's last run that are not in the configuration now, for a while.
  private var remembered: [PoolConfig]
  /// When kubelet was asked first.
  private var firstAsked: Double?
  /// Kubelet gave no answer when it was last needed.
  private var isUncertain = false
  /// The pools of the configuration, including those without devices; nil before the first partition.
  private var names: Set<ResourceName>?

  /// Often enough to notice that a pod has ended, and rarely enough for a kubelet under load.
  private static let pause = 1.0
  /// No event reports a claim. The safety scan asks once a minute, and its timer is not exact.
  private static let longestPause = 55.0
  /// How long the pools of the last run may be found in use. After a reboot kubelet lists no pods before it has reached
  /// the API server.
  private static let memory = 600.0

  /// Starts with the pools that the last run of this program served.
  init(remembering pools: [PoolConfig] = []) { remembered = pools }

  /// The pools whose pods must survive a restart of this program.
  func worthRemembering(_ config: PluginConfig) -> [PoolConfig] {
    var seen: Set<ResourceName> = []
    return (config.pools + config.sharedPools + retired + remembered).filter { seen.insert($0.name).inserted }
  }

  /// The partition of this snapshot, if no pod has a unit that it would move.
  func partition(_ inventory: Inventory, _ config: PluginConfig, _ health: NodeHealth) -> PoolPartition {
    partition(inventory, config, health, uses: dependsOnUses ? known : PodUses())
  }

  /// Whether the partition needs to know which units pods have.
  ///
  /// That is so at the start, with other pools, when a unit would leave its list, and when one would be added, because
  /// a pod may have it from a removed pool. It is also so from time to time, more often if the pools depend on it.
  /// `now` is in seconds of a clock that only goes forward.
  func needsAssignments(for partition: PoolPartition, at now: Double) -> Bool {
    guard !isUncertain, let names, names == Set(partition.pools.map(\.name)) else { return true }
    let pause = dependsOnUses || partition.dependsOnUses ? Self.pause : Self.longestPause
    if now - askedAt >= pause { return true }
    let next = Dictionary(partition.pools.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let leaves = open.contains { name, pool in pool.units.contains { next[name]?[$0.id] == nil } }
    return leaves || partition.pools.contains { pool in pool.units.contains { open[pool.name]?[$0.id] == nil } }
  }

  /// The partition in which every unit of `uses` stays where its pod got it; nil stands for the last known uses.
  mutating func partition(
    _ inventory: Inventory, _ config: PluginConfig, _ health: NodeHealth, uses: PodUses?, at now: Double
  ) -> PoolPartition {
    let claims = known.claims
    known = uses ?? known
    // The checkpoint has no claims, so the last ones from the pod resources API count until it answers again.
    if !known.isCurrent { known.claims = claims }
    isUncertain = uses == nil
    askedAt = now
    retire(config, at: now)
    return partition(inventory, config, health, uses: known)
  }

  /// Keeps pools that the configuration has lost while pods have units of them.
  private mutating func retire(_ config: PluginConfig, at now: Double) {
    let names = Set((config.pools + config.sharedPools).map(\.name))
    let held = Set(known.units.map(\.pool))
    let first = firstAsked ?? now
    firstAsked = first
    // Later another plugin may serve the resource, and its pods are not ours.
    remembered.removeAll { names.contains($0.name) || now - first > Self.memory }
    // A pool that `nodeNames` now excludes from this node counts as removed too.
    let lost = open.values.map(\.config) + retired + config.poolsElsewhere + remembered
    retired = []
    for var pool in lost where !names.contains(pool.name) && held.contains(pool.name) {
      guard !retired.contains(where: { $0.name == pool.name }) else { continue }
      pool.isRetired = true
      retired.append(pool)
    }
    retired.sort { "\($0.name)" < "\($1.name)" }
  }

  /// Whether an unchanged host still has the same partition, because pods have what they had. To make it again costs
  /// more than everything else that an idle node does. `uses` is kubelet's answer of `now`, nil for none.
  mutating func confirm(_ uses: PodUses?, at now: Double) -> Bool {
    guard !isUncertain, uses == known else { return false }
    askedAt = now
    return true
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
