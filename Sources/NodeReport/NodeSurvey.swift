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
  private let claims: [ClaimedUnit]

  /// `pods` are this node's, from kubelet; nil when they are not known. `claims` are the units of the daemon's prepared
  /// claims, whose pods are among `pods`. `names` gives vendors' and products' names; nil gives numbers only.
  public init(
    title: String, inventory: Inventory, partition: PoolPartition, problems: [InventoryProblem] = [],
    pods: [PodResources]? = nil, claims: [ClaimedUnit] = [], names: PCINames? = nil, context: Context = Context()
  ) {
    self.title = title
    self.context = context
    self.problems = problems
    warnings = partition.warnings
    pools = partition.pools
    assignments = pods?.flatMap(\.containers).flatMap(\.devices).map { ($0.resourceName, $0.ids) }
    self.claims = claims
    let memberships = Self.memberships(in: partition.pools)
    let uses = DeviceUses(of: partition.pools, pods: pods ?? [], claims: claims, on: inventory).found
    let parents = Set(inventory.devices.compactMap(\.physicalFunction?.address))
    records = inventory.devices.map { device in
      DeviceRecord(
        device: device, kind: DeviceRecord.Kind(device, parents: parents), model: Self.model(device, names),
        memberships: memberships[device.id] ?? [], uses: uses[device.id] ?? [])
    }
  }

  /// Whether kubelet said which pods have what.
  var knowsPods: Bool { assignments != nil }

  /// Units of a pool that pods and claims have; nil when that is not known.
  func usedUnits(of pool: ResourcePool) -> Int? {
    assignments.map { all in
      Set(all.filter { $0.resource == "\(pool.name)" }.flatMap(\.ids)).count
        + claims.count { $0.resource == pool.name }
    }
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

  private static func model(_ device: Device, _ names: PCINames?) -> String? {
    if let product = RebellionsProduct.name(of: device) { return "Rebellions \(product)" }
    guard let names, device.pciAddress != nil, let vendor = names.vendor(device.vendor) else { return nil }
    return names.product(device.product, of: device.vendor).map { "\(vendor) \($0)" } ?? vendor
  }
}
