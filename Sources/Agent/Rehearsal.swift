public import HostInventory
public import KubeletAPI
import KubeletState
public import ResourcePools
import UnifiedBus

/// A configuration applied to a host without serving it, for `plan`, `explain`, `inventory` and `validate --machine`.
public struct Rehearsal: Sendable {
  /// The options that it was run with.
  public let options: Options
  /// The host: `Linux 6.1.0 x86_64`, or a machine file's first line.
  public let title: String
  /// The pools and their units.
  public let partition: PoolPartition
  /// The host's devices.
  public let inventory: Inventory
  /// Problems of the host: files that can't be read, and pools with too many units.
  public let problems: [InventoryProblem]
  /// Links with the default route of a recorded host for which the recording does not show the devices below them.
  public let untracedRoutes: [String]

  /// How much of the host is read.
  public enum Scope: Sendable {
    /// The facts that the daemon would read for these pools.
    case pools
    /// All available facts.
    case host
  }

  /// Reads the host as the daemon would.
  ///
  /// `pods` are kubelet's; nil when kubelet is not asked. `claims` are the units of the daemon's prepared claims.
  ///
  /// - Throws: When the root or the machine file can't be used.
  public static func run(
    _ config: PluginConfig, options: Options, scope: Scope = .pools, pods: [PodResources]? = nil,
    claims: [ClaimedUnit] = []
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
    // The daemon's own claims hold devices as pods do. They are no reason to hold a device back.
    let known = pods.map { PodUses(of: $0, on: view.inventory).withoutClaims(of: "\(options.draDriver)") }
    var uses = known ?? (claims.isEmpty ? nil : PodUses())
    uses?.units += claims.compactMap(\.held)
    health.observe(uses, of: view, at: 0)
    let partition = PoolPartition(
      inventory: view.inventory, pools: config.pools + config.sharedPools, elsewhere: config.poolsElsewhere,
      health: { [health] in health.health(of: $0, in: $1) }, held: uses?.units ?? [], claims: uses?.claims ?? [])
    let excesses = partition.pools.compactMap(\.excess).map { InventoryProblem(path: "\($0.path)", reason: $0.reason) }
    // All links of this host are known, so its default route may use a device that no pool could have.
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
