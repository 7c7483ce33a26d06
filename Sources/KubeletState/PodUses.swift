public import HostInventory
public import KubeletAPI
public import ResourcePools

/// What pods have of this node's devices.
public struct PodUses: Sendable, Equatable {
  /// By device plugins, this one and others.
  public var units: [HeldUnit]
  /// By DRA drivers.
  public var claims: [ClaimedDevice]
  /// Pods that have ended are not in it: kubelet told by its podresources socket. The checkpoint keeps them for a while.
  public var isCurrent: Bool

  public init(units: [HeldUnit] = [], claims: [ClaimedDevice] = [], isCurrent: Bool = false) {
    self.units = units
    self.claims = claims
    self.isCurrent = isCurrent
  }

  /// What these pods, all of the node, have.
  public init(of pods: [PodResources], among open: [ResourceName: ResourcePool] = [:], on inventory: Inventory) {
    let assigned = pods.flatMap(\.containers).flatMap(\.devices).map { (resource: $0.resourceName, ids: $0.ids) }
    self.init(
      units: PodAssignments.units(assigned, in: open), claims: Self.claims(of: pods, on: inventory), isCurrent: true)
  }

  /// The same without what this DRA driver has handed out: a driver knows its own claims from its checkpoint.
  public func withoutClaims(of driver: String) -> PodUses {
    PodUses(units: units, claims: claims.filter { $0.driver != driver }, isCurrent: isCurrent)
  }

  /// Ids of devices that pods have.
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
