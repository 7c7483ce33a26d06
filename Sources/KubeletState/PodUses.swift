public import HostInventory
public import KubeletAPI
public import ResourcePools

/// The devices of this node that pods use.
public struct PodUses: Sendable, Equatable {
  /// Units that pods have from device plugins, this one and others.
  public var units: [HeldUnit]
  /// Devices that pods have from DRA drivers.
  public var claims: [ClaimedDevice]
  /// Whether ended pods are excluded: true when kubelet's pod resources API answered; the checkpoint keeps ended pods
  /// for a while.
  public var isCurrent: Bool

  /// Creates the uses; without arguments no device is in use.
  public init(units: [HeldUnit] = [], claims: [ClaimedDevice] = [], isCurrent: Bool = false) {
    self.units = units
    self.claims = claims
    self.isCurrent = isCurrent
  }

  /// Collects the uses of all pods of the node.
  public init(of pods: [PodResources], among open: [ResourceName: ResourcePool] = [:], on inventory: Inventory) {
    let assigned = pods.flatMap(\.containers).flatMap(\.devices).map { (resource: $0.resourceName, ids: $0.ids) }
    self.init(
      units: PodAssignments.units(assigned, in: open), claims: Self.claims(of: pods, on: inventory), isCurrent: true)
  }

  /// The same without the claims of this DRA driver, which knows them from its own checkpoint.
  public func withoutClaims(of driver: String) -> PodUses {
    PodUses(units: units, claims: claims.filter { $0.driver != driver }, isCurrent: isCurrent)
  }

  /// The ids of all devices that pods use.
  public var deviceIDs: Set<String> { Set(units.flatMap(\.deviceIDs)).union(claims.map(\.device)) }

  /// Devices of this host that claims hold, as far as their names tell; each once.
  static func claims(of pods: [PodResources], on inventory: Inventory) -> [ClaimedDevice] {
    var found: [ClaimedDevice] = []
    for pod in pods {
      for claimed in pod.containers.flatMap(\.claims).flatMap(\.devices) {
        for id in ClaimedDevice.devices(named: claimed.device, cdi: claimed.cdiNames, on: inventory) {
          let device = ClaimedDevice(device: id, driver: claimed.driver, pod: "\(pod.namespace)/\(pod.name)")
          if !found.contains(device) { found.append(device) }
        }
      }
    }
    return found
  }
}
