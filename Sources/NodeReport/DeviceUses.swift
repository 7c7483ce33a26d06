import HostInventory
import KubeletAPI
import ResourcePools

/// Finds out who uses each device: containers by device plugins, containers by claims, and claims without a container.
struct DeviceUses {
  /// By device id.
  private(set) var found: [String: [DeviceRecord.Use]] = [:]
  private let pools: [String: ResourcePool]

  /// `claims` are those of our own driver, which also has the devices of claims whose pod kubelet does not list.
  init(of pools: [ResourcePool], pods: [PodResources], claims: [ClaimedUnit], on inventory: Inventory) {
    self.pools = Dictionary(pools.map { ("\($0.name)", $0) }, uniquingKeysWith: { first, _ in first })
    let own = Dictionary(grouping: claims) { [$0.namespace, $0.claim] }
    var listed: Set<[String]> = []
    for pod in pods {
      for container in pod.containers {
        for devices in container.devices {
          let use = DeviceRecord.Use(
            namespace: pod.namespace, pod: pod.name, container: container.name, resource: devices.resourceName)
          for id in devices.ids { add(use, to: members(of: id, in: devices.resourceName)) }
        }
        for claim in container.claims {
          let key = [claim.namespace, claim.name]
          listed.insert(key)
          for claimed in claim.devices {
            let ids = ClaimedDevice.devices(named: claimed.device, cdi: claimed.cdiNames, on: inventory)
            add(Self.use(of: claim.name, by: claimed.driver, container, of: pod), to: ids)
          }
          for unit in own[key] ?? [] {
            add(
              Self.use(of: claim.name, by: unit.driver, container, of: pod),
              to: members(of: unit.unit, in: "\(unit.resource)"))
          }
        }
      }
    }
    for unit in claims where !listed.contains([unit.namespace, unit.claim]) {
      let use = DeviceRecord.Use(
        namespace: unit.namespace, pod: nil, container: "", resource: Self.title(unit.claim, unit.driver))
      add(use, to: members(of: unit.unit, in: "\(unit.resource)"))
    }
  }

  private mutating func add(_ use: DeviceRecord.Use, to devices: [String]) {
    for id in devices where found[id]?.contains(use) != true { found[id, default: []].append(use) }
  }

  /// A unit of a pool that is not configured here may still have a device's id, or that of a replica.
  private func members(of unit: String, in resource: String) -> [String] {
    pools[resource]?[unit]?.members.map(\.device.id) ?? [UnitID.device(of: unit)]
  }

  private static func use(
    of claim: String, by driver: String, _ container: PodResources.Container, of pod: PodResources
  ) -> DeviceRecord.Use {
    DeviceRecord.Use(
      namespace: pod.namespace, pod: pod.name, container: container.name, resource: title(claim, driver))
  }

  private static func title(_ claim: String, _ driver: String) -> String { "claim \(claim) (\(driver))" }
}
