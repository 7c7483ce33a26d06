/// Divides the units of the pools between the device plugin API and DRA, so that a device has one owner at a time.
///
/// A pool's own front end has all its units except those that pods got from the other one. Those stay with the other,
/// listed as unhealthy, until their pods end. For kubelet repeats an Allocate answer when a container restarts and
/// needs the endpoint for it, and a prepared claim must stay in a slice. So a change of `serve` moves free devices at
/// once and held ones later, and pods do not notice.
///
/// The held units are unhealthy, and no unit of their resource is healthy. With allocatable 0 the scheduler takes the
/// node for one that DRA serves and gives it new pods at once; if they were healthy, the node would get none before the
/// last old pod has ended.
public struct FrontEndShares: Sendable {
  /// Pools for the device plugin API, including those with only a placeholder.
  public private(set) var devicePlugin: [ResourcePool] = []
  /// Pools for Dynamic Resource Allocation.
  public private(set) var dra: [ResourcePool] = []
  /// Whether some unit is not yet with the front end of its pool.
  public private(set) var isMoving = false

  /// The units that pods and claims have.
  public struct Holders: Sendable {
    /// Ids of units that pods have by the device plugin API.
    public var plugin: [ResourceName: Set<String>] = [:]
    /// Ids of units of prepared claims.
    public var claims: [ResourceName: Set<String>] = [:]
    /// Resources of the device plugin API in kubelet's checkpoint, also of pods that have ended. kubelet up to 1.36
    /// starts no container with such a resource while it has no endpoint, not even one that DRA serves.
    public var remembered: Set<ResourceName> = []

    /// Creates an empty record.
    public init() {}
  }

  /// The id of the only unit of an endpoint that must exist but offers nothing.
  public static let placeholder = "served-by-dra"

  /// Divides the pools.
  public init(_ pools: [ResourcePool], holders: Holders) {
    for pool in pools {
      switch pool.config.serve {
      case .devicePlugin: share(pool, with: holders.claims[pool.name] ?? [])
      case .dra:
        share(pool, with: holders.plugin[pool.name] ?? [], isRemembered: holders.remembered.contains(pool.name))
      }
    }
  }

  /// A pool of the device plugin API, some units of which claims have.
  private mutating func share(_ pool: ResourcePool, with claims: Set<String>) {
    guard !claims.isEmpty else { return devicePlugin.append(pool) }
    let (held, free) = Self.split(pool, held: claims)
    devicePlugin.append(ResourcePool(config: pool.config, units: pool.isShared ? pool.units : free))
    dra.append(ResourcePool(config: pool.config, units: held.map { $0.waiting("a claim") }))
    isMoving = true
  }

  /// A pool of DRA, some units of which pods have by the device plugin API.
  private mutating func share(_ pool: ResourcePool, with pods: Set<String>, isRemembered: Bool) {
    let (held, free) = Self.split(pool, held: pods)
    dra.append(ResourcePool(config: pool.config, units: pool.isShared ? pool.units : free))
    if !held.isEmpty {
      devicePlugin.append(ResourcePool(config: pool.config, units: held.map { $0.waiting("a pod") }))
      isMoving = true
    } else if isRemembered {
      let unit = Unit(id: Self.placeholder, members: [], health: .unhealthy(reason: "the pool is served by DRA"))
      devicePlugin.append(ResourcePool(config: pool.config, units: [unit]))
    }
  }

  /// Replicas go together: they are one device.
  private static func split(_ pool: ResourcePool, held: Set<String>) -> (held: [Unit], free: [Unit]) {
    guard !pool.isShared else { return (pool.units.filter { held.contains($0.id) }, pool.units) }
    let devices = Set(held.map(UnitID.device))
    return (
      pool.units.filter { devices.contains(UnitID.device(of: $0.id)) },
      pool.units.filter { !devices.contains(UnitID.device(of: $0.id)) }
    )
  }
}

extension ResourcePool {
  fileprivate var isShared: Bool { config.type.ownership == .shared }
}

extension Unit {
  /// The unit while the other front end waits for it.
  fileprivate func waiting(_ holder: String) -> Unit {
    var unit = self
    if unit.health == .healthy {
      unit.health = .unhealthy(reason: "in use by \(holder) from before the pool's front end changed")
    }
    return unit
  }
}
