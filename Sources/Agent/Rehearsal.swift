public import HostInventory
public import KubeletAPI
import KubeletState
public import ResourcePools
import UnifiedBus

/// A configuration applied to a host without serving it: what `plan`, `explain`, `inventory` and `validate --machine`
/// look at.
public struct Rehearsal: Sendable {
  /// What it was run with.
  public let options: Options
  /// `Linux 6.1.0 x86_64`, or a machine file's first line.
  public let title: String
  public let partition: PoolPartition
  public let inventory: Inventory
  public let problems: [InventoryProblem]
  /// Links of a recorded host that carry its default route, over devices that the recording does not tell.
  public let untracedRoutes: [String]

  public enum Scope: Sendable {
    /// What the daemon would read for these pools.
    case pools
    /// All available facts.
    case host
  }

  /// Reads the host as the daemon would. Throws when the root or the machine file can't be used.
  ///
  /// `pods` are kubelet's; nil when it is not asked.
  public static func run(
    _ config: PluginConfig, options: Options, scope: Scope = .pools, pods: [PodResources]? = nil
  ) async throws -> Rehearsal {
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
    // The daemon's own claims are no reason to hold a device back.
    let uses = pods.map { PodUses(of: $0, on: view.inventory).withoutClaims(of: "\(options.draDriver)") }
    health.observe(uses, of: view, at: 0)
    // The host is read only once, so a missing interface counts as lost without the usual delay.
    health.settle(at: LostInterfaces.standardHold)
    let partition = PoolPartition(
      inventory: view.inventory, pools: config.pools + config.sharedPools, elsewhere: config.poolsElsewhere,
      health: { [health] in health.health(of: $0, in: $1) }, held: uses?.units ?? [], claims: uses?.claims ?? [])
    let excesses = partition.pools.compactMap(\.excess).map { InventoryProblem(path: "\($0.path)", reason: $0.reason) }
    // This host's links are all known: a route may leave by a device that no pool could have.
    let routes = host.recorded == nil ? [] : view.kernel.untracedRoutes(on: view.inventory)
    let untraced = routes.map { InventoryProblem(path: "fact default-route \($0)", reason: Self.untraced(route: $0)) }
    return Rehearsal(
      options: options, title: host.title, partition: partition, inventory: view.inventory,
      problems: unanswered + problems + excesses + untraced, untracedRoutes: routes)
  }
  /// The warning about a default route whose lower links are unknown.
  static func untraced(route: String) -> String {
    "the machine file does not say which links are below \(route), so that a pool may offer the node's own network; "
      + "record the machine anew"
  }
}
