import KubeletState
import ResourcePools

/// Resources that pods have and the configuration lacks: this program, or the one that it replaces, may have served them
/// before its start.
///
/// A value with its own idea of time, as `LinkHealth`.
struct OrphanedResources: Sendable {
  /// Another agent may be away for as long, while its image is replaced.
  static let patience = 50.0

  private var since: [ResourceName: Double] = [:]

  /// Adds to `uses` the resources that have been foreign for long enough and that nobody serves. `unserved` finds these
  /// among others; it looks at kubelet's checkpoint and at sockets. Without uses nothing is known, and nothing changes.
  mutating func complete(
    _ uses: inout PodUses?, _ config: PluginConfig, open: some Sequence<ResourceName>, at now: Double,
    unserved: (Set<ResourceName>) -> Set<ResourceName>
  ) {
    guard let units = uses?.units else { return }
    let known = Set((config.pools + config.sharedPools + config.poolsElsewhere).map(\.name)).union(open)
    let foreign = Set(units.map(\.pool)).subtracting(known)
    since = since.filter { foreign.contains($0.key) }
    for name in foreign where since[name] == nil { since[name] = now }
    let old = foreign.filter { now - (since[$0] ?? now) >= Self.patience }
    if !old.isEmpty { uses?.orphans = unserved(old) }
  }
}
