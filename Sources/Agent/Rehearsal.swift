public import HostInventory
public import ResourcePools
import UnifiedBus

/// A configuration applied to a host without serving it: what `plan`, `explain`, `inventory` and `validate --machine`
/// look at.
public struct Rehearsal: Sendable {
  /// `Linux 6.1.0 x86_64`, or a machine file's first line.
  public let title: String
  public let partition: PoolPartition
  public let inventory: Inventory
  public let problems: [InventoryProblem]

  public enum Scope: Sendable {
    /// What the daemon would read for these pools.
    case pools
    /// Everything that can be had.
    case host
  }

  /// Reads the host as the daemon would. Throws when the root or the machine file can't be used.
  public static func run(_ config: PluginConfig, options: Options, scope: Scope = .pools) async throws -> Rehearsal {
    let host = try Host(options)
    defer { host.discard() }
    let reader = HostReader(host)
    var engine: [String: UBDevice]?
    var unanswered: [InventoryProblem] = []
    if reader.netlink != nil {
      (engine, unanswered) = await UBEngineWatch.facts(for: config)
    }
    var wants = RequiredFacts(config)
    if scope == .host { wants = wants.withAllQuickFacts }
    let (view, problems) = await reader.readAll(wants, for: config, unifiedBus: engine)
    var health = NodeHealth()
    health.observe(view, at: 0)
    let partition = PoolPartition(
      inventory: view.inventory, pools: config.pools + config.sharedPools, elsewhere: config.poolsElsewhere,
      health: { [health] in health.health(of: $0, in: $1) })
    let excesses = partition.pools.compactMap(\.excess).map { InventoryProblem(path: "\($0.path)", reason: $0.reason) }
    return Rehearsal(
      title: host.title, partition: partition, inventory: view.inventory, problems: unanswered + problems + excesses)
  }
}
