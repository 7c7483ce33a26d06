public import HostInventory

/// Why a device is in a pool or not, for every pool of the configuration.
public struct Explanation: Sendable, Equatable {
  /// The device.
  public let device: Device
  /// One entry for each pool in configuration order; pools for other nodes are last.
  public let entries: [Entry]

  /// What one pool does with the device.
  public struct Entry: Sendable, Equatable {
    /// The pool's resource name.
    public let pool: ResourceName
    /// The pool's place in the file, e.g. `resourceList[2]`.
    public let path: ConfigPath
    /// Whether the pool has the device, and why.
    public let outcome: Outcome
    /// The device's health in this pool, as kubelet gets it; nil when it is not in the pool.
    public let health: Unit.Health?
  }

  /// Whether a pool has the device, and why.
  public enum Outcome: Sendable, Equatable {
    /// In the pool, by the selector object with this number.
    case member(selector: Int)
    /// In the pool only because a pod has it; `reason` says why the pool would not take it otherwise.
    case held(reason: String)
    /// Another pool has it: an earlier one, or the one from which a pod has it.
    case claimed(by: ResourceName, selector: Int)
    /// A device of another kind than the pool's type; `reason` says which.
    case foreign(type: String, reason: String)
    /// No pool of this type can offer it; `selectors` are the stages that drop it too, for each object.
    case refused(Refusal, selectors: [[Refusal]] = [])
    /// No selector object takes it: the stages that drop it, for each object.
    case dropped([[Refusal]])
    /// The pool is for nodes of other names.
    case elsewhere(nodeNames: [String])
  }
}

/// A device in no pool although some pools take its kind, and why none of them takes it.
public struct UnassignedDevice: Sendable, Equatable {
  /// The device's id.
  public let id: String
  /// One reason for each pool or selector object.
  public let reasons: [Reason]

  /// Why one pool does not take the device.
  public struct Reason: Sendable, Equatable {
    /// The pool's resource name.
    public let pool: ResourceName
    /// The number of the selector object; nil when the pool as a whole refuses it.
    public let selector: Int?
    /// The first stage that drops it.
    public let refusal: Refusal
  }
}

extension PoolPartition {
  /// Explains a device; nil when this host has none with this id.
  public func explanation(of id: String) -> Explanation? {
    inventory[id].map { device in
      let owner = owners()[id]
      let advice = RefusalAdvice(device: device, inventory: inventory)
      let here = pools.map { pool in
        entry(for: device, in: pool.config, outcome(for: device, of: owner, in: pool.config).advised(by: advice))
      }
      let others = elsewhere.map { entry(for: device, in: $0, .elsewhere(nodeNames: $0.nodeNames)) }
      return Explanation(device: device, entries: here + others)
    }
  }

  /// The devices in no pool although some pools take their kind, in inventory order.
  public var unassigned: [UnassignedDevice] {
    let shared = Set(
      pools.filter { $0.config.type.ownership == .shared }.compactMap(\.units.first).flatMap(\.members).map(\.device.id)
    )
    let owners = owners()
    return inventory.devices.compactMap { device -> UnassignedDevice? in
      guard owners[device.id] == nil, !shared.contains(device.id) else { return nil }
      let reasons = pools.flatMap { objections(to: device, in: $0.config) }
      return reasons.isEmpty ? nil : UnassignedDevice(id: device.id, reasons: reasons)
    }
  }

  private func entry(
    for device: Device, in config: PoolConfig, _ outcome: Explanation.Outcome
  ) -> Explanation.Entry {
    let pool = pools.first { $0.name == config.name }
    let unit = pool?.units.first { unit in unit.members.contains { $0.device.id == device.id } }
    return Explanation.Entry(pool: config.name, path: config.path, outcome: outcome, health: unit?.health)
  }

  func outcome(
    for device: Device, of owner: ResourceName?, in config: PoolConfig
  ) -> Explanation.Outcome {
    let rules = PoolRules(config: config, nodes: inventory.nodes)
    switch rules.verdict(on: device) {
    case .taken(let selector):
      if config.type.ownership == .shared, let use = exclusiveUses[device.id] {
        return .refused(Refusal(stage: "exclusive use", seen: use, wanted: []))
      }
      let isOurs = config.type.ownership == .shared || owner == nil || owner == config.name
      return isOurs ? .member(selector: selector) : .claimed(by: owner ?? config.name, selector: selector)
    case .refused(let refusal):
      if owner == config.name { return .held(reason: "\(refusal)") }
      // Facts that could not be read would look like wrong ones.
      return .refused(refusal, selectors: device.defect == nil ? rules.objections(to: device) : [])
    case .dropped(let objects):
      let reason = objects.compactMap(\.first).map { "\($0)" }.joined(separator: "; ")
      return owner == config.name ? .held(reason: reason) : .dropped(objects)
    case .foreign:
      return .foreign(type: config.type.name, reason: DeviceKind(device).sentence(for: config, inventory.nodes))
    }
  }

  /// Why a pool does not take a device that is in no pool.
  private func objections(to device: Device, in config: PoolConfig) -> [UnassignedDevice.Reason] {
    switch outcome(for: device, of: nil, in: config) {
    case .refused(let refusal, _):
      [UnassignedDevice.Reason(pool: config.name, selector: nil, refusal: refusal)]
    case .dropped(let objects):
      objects.enumerated().compactMap { number, refusals in
        refusals.first.map { UnassignedDevice.Reason(pool: config.name, selector: number, refusal: $0) }
      }
    case .member, .held, .claimed, .foreign, .elsewhere: []
    }
  }
}

extension Explanation.Outcome {
  /// The same with what can be done about it.
  fileprivate func advised(by advice: RefusalAdvice) -> Explanation.Outcome {
    switch self {
    case .refused(let refusal, let objects):
      // What can be done about the refusal depends on the object that lacks the least.
      .refused(
        advice.advising([refusal] + (objects.min { $0.count < $1.count } ?? []))[0],
        selectors: objects.map { Array(advice.advising([refusal] + $0).dropFirst()) })
    case .dropped(let objects): .dropped(objects.map(advice.advising))
    case .member, .held, .claimed, .foreign, .elsewhere: self
    }
  }
}
