/// A unit that a prepared claim has from this program's DRA driver.
public struct ClaimedUnit: Sendable, Equatable {
  /// The resource whose pool has the unit.
  public let resource: ResourceName
  /// The unit's id; the first one of replicas, each of which may be in several claims.
  public let unit: String
  /// Whether the unit stands for all devices of a shared pool.
  public let isShared: Bool
  /// The claim's Kubernetes namespace.
  public let namespace: String
  /// The claim's name.
  public let claim: String
  /// The name of the DRA driver, e.g. `devicepool`.
  public let driver: String

  /// Describes one unit of a claim.
  public init(
    resource: ResourceName, unit: String, isShared: Bool, namespace: String, claim: String, driver: String
  ) {
    self.resource = resource
    self.unit = unit
    self.isShared = isShared
    self.namespace = namespace
    self.claim = claim
    self.driver = driver
  }

  /// The unit that no other front end may offer; nil for a shared pool, whose devices nobody has alone.
  public var held: HeldUnit? { isShared ? nil : HeldUnit(pool: resource, unit: unit) }
}
