public import HostInventory
public import KubeletAPI
public import ResourcePools

/// A node's devices and the pods that use them: the contents of `devicepool inventory` in all its formats.
public struct NodeSurvey: Sendable {
  /// `Linux 6.1.0 x86_64`, or a machine file's first line.
  let title: String
  /// Where and when the devices were found.
  let context: Context

  /// Where and when the devices were found, for the report's head.
  public struct Context: Sendable {
    /// The name of the node; empty when it is not known.
    public var nodeName: String
    /// When the devices were found, e.g. `2026-11-28 14:03:09 UTC`; empty for a recorded machine.
    public var time: String
    /// The version of this program.
    public var version: String
    /// The paths of the applied configuration files.
    public var configFiles: [String]

    /// Combines the node's inventory, its pools and its pods.
    ///
    /// - Parameter pods: The pods of this node, from kubelet; nil when they are not known.
    /// - Parameter names: Names of vendors and products; nil leaves the numbers.
    public init(nodeName: String = "", time: String = "", version: String = "", configFiles: [String] = []) {
      self.nodeName = nodeName
      self.time = time
      self.version = version
      self.configFiles = configFiles
    }
  }

  /// The pools of the applied configuration, in its order; empty without a configuration.
  let pools: [ResourcePool]
  let problems: [InventoryProblem]
  /// What an operator should know about the devices of the pools.
  let warnings: [PoolWarning]
  /// In inventory order.
  let records: [DeviceRecord]
  /// What containers have, by resource; nil: kubelet was not asked or did not answer.
  private let assignments: [(resource: String, ids: [String])]?

  /// `pods` are this node's, from kubelet; nil when they are not known. `names` gives vendors' and products' names, nil
  /// gives numbers only.
  public init(
    title: String, inventory: Inventory, partition: PoolPartition, problems: [InventoryProblem] = [],
    pods: [PodResources]? = nil, names: PCINames? = nil, context: Context = Context()
  ) {
    self.title = title
    self.context = context
    self.problems = problems
    warnings = partition.warnings
    pools = partition.pools
    assignments = pods?.flatMap(\.containers).flatMap(\.devices).map { ($0.resourceName, $0.ids) }
    let memberships = Self.memberships(in: partition.pools)
    let uses = Self.uses(of: partition.pools, by: pods ?? [], on: inventory)
    let parents = Set(inventory.devices.compactMap(\.physicalFunction?.address))
    records = inventory.devices.map { device in
      DeviceRecord(
        device: device, kind: DeviceRecord.Kind(device, parents: parents), model: Self.model(device, names),
        memberships: memberships[device.id] ?? [], uses: uses[device.id] ?? [])
    }
  }

  /// Whether kubelet said which pods have what.
  var knowsPods: Bool { assignments != nil }

  /// Units of a pool that pods have; nil when that is not known.
  func usedUnits(of pool: ResourcePool) -> Int? {
    assignments.map { all in Set(all.filter { $0.resource == "\(pool.name)" }.flatMap(\.ids)).count }
  }

  /// Units of a shared pool all have the same members: the first tells.
  private static func memberships(in pools: [ResourcePool]) -> [String: [DeviceRecord.Membership]] {
    var found: [String: [DeviceRecord.Membership]] = [:]
    for (index, pool) in pools.enumerated() {
      let isShared = pool.config.type.ownership == .shared
      for unit in isShared ? pool.units.prefix(1) : pool.units[...] {
        for member in unit.members where found[member.device.id]?.last?.pool != index {
          found[member.device.id, default: []].append(
            DeviceRecord.Membership(
              pool: index, name: "\(pool.name)", ownership: pool.config.type.ownership, health: unit.health))
        }
      }
    }
    return found
  }

  /// By device id. A unit of a pool that is not configured here may still have a device's id, or that of a replica.
  private static func uses(
    of pools: [ResourcePool], by pods: [PodResources], on inventory: Inventory
  ) -> [String: [DeviceRecord.Use]] {
    let byName = Dictionary(pools.map { ("\($0.name)", $0) }, uniquingKeysWith: { first, _ in first })
    var found: [String: [DeviceRecord.Use]] = [:]
    for pod in pods {
      for container in pod.containers {
        for devices in container.devices {
          let use = DeviceRecord.Use(
            namespace: pod.namespace, pod: pod.name, container: container.name, resource: devices.resourceName)
          for id in devices.ids {
            let members = byName[devices.resourceName]?[id]?.members.map(\.device.id) ?? [UnitID.device(of: id)]
            for device in members where found[device]?.contains(use) != true { found[device, default: []].append(use) }
          }
        }
        for claim in container.claims {
          for claimed in claim.devices {
            let use = DeviceRecord.Use(
              namespace: pod.namespace, pod: pod.name, container: container.name,
              resource: "claim \(claim.name) (\(claimed.driver))")
            let ids = ClaimedDevice.devices(named: claimed.device, cdi: claimed.cdiNames, on: inventory)
            for id in ids where found[id]?.contains(use) != true { found[id, default: []].append(use) }
          }
        }
      }
    }
    return found
  }

  private static func model(_ device: Device, _ names: PCINames?) -> String? {
    if let product = RebellionsProduct.name(of: device) { return "Rebellions \(product)" }
    guard let names, device.pciAddress != nil, let vendor = names.vendor(device.vendor) else { return nil }
    return names.product(device.product, of: device.vendor).map { "\(vendor) \($0)" } ?? vendor
  }
}
