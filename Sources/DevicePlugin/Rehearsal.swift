public import HostInventory
public import ResourcePools

/// A configuration applied to a host without serving it: what `plan`, `explain` and `validate --machine` look at.
public struct Rehearsal: Sendable {
  public let partition: PoolPartition
  public let inventory: Inventory
  public let problems: [InventoryProblem]

  /// Reads the host as the daemon would. Throws when the root or the machine file can't be used.
  public static func run(_ config: PluginConfig, options: Options) async throws -> Rehearsal {
    let host = try Host(options)
    defer { host.discard() }
    let reader = try HostReader(host)
    let (engine, unanswered) = reader.netlink == nil ? (nil, []) : await UBEngineWatch.facts(for: config)
    let (view, problems) = await reader.read(for: config, unifiedBus: engine)
    let partition = PoolPartition(
      inventory: view.inventory, pools: config.pools + config.sharedPools, elsewhere: config.poolsElsewhere)
    return Rehearsal(partition: partition, inventory: view.inventory, problems: unanswered + problems)
  }
}
