public import HostInventory

/// Which devices of a host are in which pool. Configuration order decides, then selector order, then inventory order.
///
/// A device belongs to the first pool of `resourceList` that selects it; pools of `configList` only use devices. Why a
/// device is in no pool is computed on request.
public struct PoolPartition: Sendable {
  /// All pools in configuration order, those without devices included.
  public private(set) var pools: [ResourcePool]
  let inventory: Inventory
  /// Pools for other nodes, by `nodeNames`, for explanations.
  let elsewhere: [PoolConfig]
  /// Devices that pods have from pools that no longer exist.
  let departed: [String: ResourceName]
  /// Why shared pools do not use a device that they would select.
  let exclusiveUses: [String: String]

  /// Assigns the devices to pools.
  ///
  /// `health` is checked in addition to a device's own facts; pools have different checks. `held` are units of pods,
  /// which stay in their pools, if need be as unhealthy with the reason. `claims` are devices that DRA drivers have
  /// allocated.
  public init(
    inventory: Inventory, pools configs: [PoolConfig], elsewhere: [PoolConfig] = [],
    health: @escaping (Device, PoolConfig) -> Unit.Health = { _, _ in .healthy }, held: [HeldUnit] = [],
    claims: [ClaimedDevice] = []
  ) {
    var partitioning = Partitioning(
      inventory: inventory, configs: configs, externalHealth: health, held: held, claims: claims)
    pools = configs.indices.map { partitioning.pool($0) }
    departed = partitioning.departed
    exclusiveUses = partitioning.exclusiveUses
    self.inventory = inventory
    self.elsewhere = elsewhere
  }

  /// The same snapshot with these pools in place of its own.
  public func serving(_ pools: [ResourcePool]) -> PoolPartition {
    var partition = self
    partition.pools = pools
    return partition
  }

  /// The pool that has each device, by device id. It is computed for explanations only.
  func owners() -> [String: ResourceName] {
    var owners = departed
    for pool in pools where pool.config.type.ownership == .claimed {
      for unit in pool.units { for member in unit.members { owners[member.device.id] = pool.name } }
    }
    return owners
  }
}

/// A partition that is being made, pool by pool.
private struct Partitioning {
  let inventory: Inventory
  let rules: [PoolRules]
  let externalHealth: (Device, PoolConfig) -> Unit.Health
  let held: [HeldUnit]
  /// By device id.
  let claims: [String: ClaimedDevice]
  let groups: GroupUses
  /// Devices that pods have, by the pool's number.
  let pinned: [String: Int]
  let departed: [String: ResourceName]
  /// Whether a pool has the device, by its position in the inventory, because every pool asks for every device.
  private var isOwned: [Bool]

  init(
    inventory: Inventory, configs: [PoolConfig], externalHealth: @escaping (Device, PoolConfig) -> Unit.Health,
    held: [HeldUnit], claims: [ClaimedDevice]
  ) {
    self.inventory = inventory
    self.externalHealth = externalHealth
    self.held = held
    rules = configs.map { PoolRules(config: $0, nodes: inventory.nodes) }
    var pinned: [String: Int] = [:]
    var departed: [String: ResourceName] = [:]
    for unit in held {
      let index = configs.firstIndex { $0.name == unit.pool }
      if let index, configs[index].type.ownership == .shared { continue }
      for device in unit.deviceIDs {
        pinned[device] = index
        // Its pool no longer exists, and no other pool may have the device before the pod ends.
        if index == nil { departed[device] = unit.pool }
      }
    }
    self.pinned = pinned
    self.departed = departed
    self.claims = Dictionary(claims.map { ($0.device, $0) }, uniquingKeysWith: { first, _ in first })
    groups = GroupUses(Set(pinned.keys).union(departed.keys).union(claims.map(\.device)), on: inventory)
    isOwned = inventory.devices.indices.map { !departed.isEmpty && departed[inventory.devices[$0].id] != nil }
  }

  mutating func pool(_ index: Int) -> ResourcePool {
    let config = rules[index].config
    var units: [Unit]
    var excess: ListExcess?
    switch config.type.ownership {
    case .claimed: (units, excess) = replicated(claimedUnits(of: index), config)
    case .shared: units = sharedUnits(of: index)
    }
    if config.isRetired {
      let pods = Set(held.lazy.filter { $0.pool == config.name }.map(\.unit))
      units.removeAll { !pods.contains($0.id) }
    }
    let listed = Set(held.isEmpty ? [] : units.map(\.id))
    for unit in held where unit.pool == config.name && !listed.contains(unit.unit) {
      units.append(stranded(unit, in: config))
    }
    return ResourcePool(config: config, units: units, excess: excess)
  }

  /// Makes the units of each device: as many as the configuration requests and kubelet's list can have.
  private func replicated(_ units: [Unit], _ config: PoolConfig) -> ([Unit], ListExcess?) {
    let units = withoutHeldInOtherForm(units, config)
    guard config.replicas > 1 else { return (units, nil) }
    let maximum = ListLimit.replicas(of: units.map(\.id))
    let count = min(config.replicas, maximum)
    let excess =
      count == config.replicas
      ? nil
      : ListExcess(
        path: config.path.key("replicas"), asked: config.replicas, maximum: maximum, devices: units.count)
    let replicas = units.flatMap { unit in
      (0..<count).map { Unit(id: UnitID.replica($0, of: unit.id), members: unit.members, health: unit.health) }
    }
    return (replicas, excess)
  }

  /// A device that a pod got without replicas is not shared, and one of which a pod got a replica is not given as a
  /// whole, until the pod ends. This matters when the key `replicas` changes.
  private func withoutHeldInOtherForm(_ units: [Unit], _ config: PoolConfig) -> [Unit] {
    var holders: [String: String] = [:]
    for unit in held where unit.pool == config.name {
      let device = UnitID.device(of: unit.unit)
      if (device != unit.unit) != (config.replicas > 1) { holders[device] = unit.unit }
    }
    guard !holders.isEmpty else { return units }
    return units.map { unit in
      guard let holder = holders[unit.id] else { return unit }
      let reason = "in use by a pod, as \(holder): replicas changed"
      return Unit(id: unit.id, members: unit.members, health: .unhealthy(reason: reason))
    }
  }

  /// One for each device.
  private mutating func claimedUnits(of index: Int) -> [Unit] {
    let rules = rules[index]
    let config = rules.config
    var units: [Unit] = []
    // By position, because copying a device copies all its facts.
    let devices = inventory.devices
    for position in devices.indices where !isOwned[position] {
      let id = devices[position].id
      var misfit: String?
      let selector: Int
      if let pool = pinned[id] {
        guard pool == index else { continue }
        (selector, misfit) = place(held: devices[position], in: index)
      } else {
        guard !config.isRetired, let taking = rules.selector(taking: devices[position]) else { continue }
        selector = taking
      }
      isOwned[position] = true
      let health = health(of: devices[position], in: config, misfit: misfit)
      let members = [Unit.Member(device: devices[position], selector: selector)]
      units.append(Unit(id: id, members: members, health: health))
    }
    return units
  }

  /// Makes numbered units; each of them means all devices of the pool.
  private func sharedUnits(of index: Int) -> [Unit] {
    let rules = rules[index]
    let config = rules.config
    var members: [Unit.Member] = []
    var healths: [Unit.Health] = []
    for device in inventory.devices {
      // Otherwise every container of the pool would get the nodes of a device that one container has alone.
      guard !isExclusivelyHeld(device.id), let selector = rules.selector(taking: device) else { continue }
      members.append(Unit.Member(device: device, selector: selector))
      healths.append(health(of: device, in: config, misfit: nil))
    }
    guard let first = healths.first else { return [] }
    let health = healths.contains(.healthy) ? .healthy : first
    return (0..<max(0, config.shared?.rdmaHcaMax ?? 0)).map {
      Unit(id: String($0), members: members, health: health)
    }
  }

  private func isExclusivelyHeld(_ id: String) -> Bool {
    pinned[id] != nil || departed[id] != nil || claims[id] != nil
  }

  /// Why a device can't be shared, by device id: one container has it alone.
  var exclusiveUses: [String: String] {
    var uses = claims.mapValues(\.reason)
    uses.merge(departed.mapValues { "a pod has it as \($0)" }) { first, _ in first }
    uses.merge(pinned.mapValues { "a pod has it as \(rules[$0].config.name)" }) { first, _ in first }
    return uses
  }

  /// The selector object for a device that a pod has in this pool, and why the pool would not take it otherwise.
  private func place(held device: Device, in index: Int) -> (selector: Int, misfit: String?) {
    if rules[index].config.isRetired {
      let selector = rules[index].selector(taking: device) ?? rules[index].selector(takingUnseen: device)
      return (selector ?? 0, "in use by a pod; the configuration no longer has this pool")
    }
    // It is in the pod's network namespace, as it should be, and its facts are not visible.
    if device.unifiedBus?.isElsewhere == true { return (0, nil) }
    guard let selector = rules[index].selector(taking: device) ?? rules[index].selector(takingUnseen: device) else {
      let reason =
        switch rules[index].verdict(on: device) {
        case .refused(let refusal): "\(refusal)"
        case .dropped(let objects): objects.compactMap(\.first).map { "\($0)" }.joined(separator: "; ")
        case .foreign, .taken: "it is no \(rules[index].config.type.name)"
        }
      return (0, "in use by a pod; the pool no longer selects it: \(reason)")
    }
    let earlier = rules[..<index].first { $0.config.type.ownership == .claimed && $0.selector(taking: device) != nil }
    return (selector, earlier.map { "in use by a pod; it belongs to \($0.config.name) now" })
  }

  /// Makes a unit that a pod has and that the pool no longer offers.
  private func stranded(_ unit: HeldUnit, in config: PoolConfig) -> Unit {
    let last = Dictionary(unit.devices.map { ($0.id, $0) }) { first, _ in first }
    let devices = unit.deviceIDs.compactMap { inventory[$0] ?? last[$0] }
    // A unit of a shared pool is not a device.
    let gone = config.type.ownership == .claimed && unit.deviceIDs.contains { inventory[$0] == nil }
    let reason =
      if gone { "it is no longer on this host" } else if config.isRetired {
        "the configuration no longer has this pool"
      } else { "the pool no longer offers it" }
    let isSick = config.isRetired || config.healthChecks.contains(.present)
    return Unit(
      id: unit.unit, members: devices.map { Unit.Member(device: $0, selector: 0) },
      health: isSick ? .unhealthy(reason: "in use by a pod; \(reason)") : .healthy)
  }

  private func health(of device: Device, in config: PoolConfig, misfit: String?) -> Unit.Health {
    let checks = config.healthChecks
    // Without regard to checks, because no other pod may get a unit of a retired pool.
    if config.isRetired, let misfit { return .unhealthy(reason: misfit) }
    if let silence = device.silence, !checks.isEmpty { return .unhealthy(reason: silence) }
    if let misfit, checks.contains(.driver) { return .unhealthy(reason: misfit) }
    if !checks.isEmpty, let reason = config.type.fault(device) { return .unhealthy(reason: reason) }
    if checks.contains(.claim), let claim = claims[device.id] { return .unhealthy(reason: claim.reason) }
    if checks.contains(.group), config.type.ownership == .claimed,
      let reason = device.sharedGroup?.obstacle ?? groups.obstacle(to: device)
    {
      return .unhealthy(reason: reason)
    }
    return externalHealth(device, config)
  }
}
