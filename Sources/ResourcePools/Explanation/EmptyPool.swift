import HostInventory

/// Why a pool has no device: what the closest devices lack.
public struct EmptyPool: Sendable, Equatable {
  /// The pool's resource name.
  public let pool: ResourceName
  /// Ids of the devices that lack the least; empty when the host has no device of the pool's kind, or
  /// nothing of the names that the pool asks for.
  public let closest: [String]
  /// What they lack, or which pool has them.
  public let reason: String
  /// What can be done; nil when nothing is known.
  public let advice: String?

  /// One sentence for a terminal.
  public var text: String {
    let who =
      switch closest.count {
      case 0: ""
      case 1: "\(closest[0]) comes closest: "
      default: "\(closest.count) devices come closest (\(closest.prefix(3).joined(separator: ", "))\(rest)): "
      }
    return who + reason + (advice.map { "; \($0)" } ?? "")
  }

  private var rest: String { closest.count > 3 ? " …" : "" }
}

extension PoolPartition {
  /// Lists the pools without a device on this host, in configuration order, without those of `known`.
  public func emptyPools(except known: Set<ResourceName> = []) -> [EmptyPool] {
    let empty = pools.filter { $0.units.isEmpty && !known.contains($0.name) }
    guard !empty.isEmpty else { return [] }
    let owners = owners()
    return empty.map { emptiness(of: $0.config, owners) }
  }

  private func emptiness(of config: PoolConfig, _ owners: [String: ResourceName]) -> EmptyPool {
    if config.shared?.rdmaHcaMax == 0 {
      return EmptyPool(pool: config.name, closest: [], reason: "rdmaHcaMax is 0", advice: nil)
    }
    let rules = PoolRules(config: config, nodes: inventory.nodes)
    let namings = config.selectors.map { DeviceNaming($0.pipeline) }
    let lacks = inventory.devices.compactMap { Lack($0, rules, namings, owner: owners[$0.id]) }
    if let absence = absence(of: namings, in: config, lacks) { return absence }
    var groups: [[Lack]] = []
    var places: [[String]: Int] = [:]
    for lack in lacks {
      if let place = places[lack.stages] {
        groups[place].append(lack)
      } else {
        places[lack.stages] = groups.count
        groups.append([lack])
      }
    }
    // Of the groups whose devices come closest, the largest.
    let nearest = groups.map { $0[0].distance }.min { $0.lexicographicallyPrecedes($1) }
    let closest = groups.filter { $0[0].distance == nearest }.max { $0.count < $1.count }
    guard let closest, let first = closest.first else {
      let reason = "this host has no device for pools of type \(config.type.name)"
      return EmptyPool(pool: config.name, closest: [], reason: reason, advice: nil)
    }
    let ids = closest.map(\.device.id)
    if let owner = first.owner {
      return EmptyPool(pool: config.name, closest: ids, reason: "already claimed by \(owner)", advice: nil)
    }
    let advised = RefusalAdvice(device: first.device, inventory: inventory).advising(first.refusals)
    return EmptyPool(
      pool: config.name, closest: ids, reason: Lack.reason(closest),
      advice: advised.compactMap(\.advice).first)
  }

  /// The pool asks only for names and addresses that nothing on this host has.
  private func absence(of namings: [DeviceNaming], in config: PoolConfig, _ lacks: [Lack]) -> EmptyPool? {
    // Inside a virtual machine no VF has a PF. The devices' refusals say so.
    let hasParents = lacks.contains { $0.device.physicalFunction != nil || $0.device.virtualFunctions != nil }
    guard !lacks.isEmpty,
      lacks.allSatisfy({ lack in lack.naming == .none && !namings.contains { $0.mayMean(lack.device) } }),
      namings.allSatisfy({ !$0.values.isEmpty && (hasParents || !$0.asksForParents) })
    else { return nil }
    let search = DeviceSearch(inventory)
    var reasons: [String] = []
    for reason in namings.flatMap(\.values).compactMap(search.absence) where !reasons.contains(reason) {
      reasons.append(reason)
    }
    guard !reasons.isEmpty else { return nil }
    let shown = reasons.prefix(3).joined(separator: "; ") + (reasons.count > 3 ? "; …" : "")
    return EmptyPool(pool: config.name, closest: [], reason: shown, advice: nil)
  }
}

/// What one device lacks for one pool.
private struct Lack {
  let device: Device
  let refusals: [Refusal]
  /// The pool that has it although this one would take it.
  let owner: ResourceName?
  let naming: DeviceNaming.Match
  private let isRefused: Bool

  /// Nil for another kind of device.
  init?(_ device: Device, _ rules: PoolRules, _ namings: [DeviceNaming], owner: ResourceName?) {
    let admission = rules.config.type.admission(device, rules.config, rules.nodes)
    if admission == .foreign { return nil }
    self.device = device
    let objects = zip(namings, rules.objections(to: device)).map { (naming: $0.match(device), refusals: $1) }
    let best = objects.min { ($0.naming.rawValue, $0.refusals.count) < ($1.naming.rawValue, $1.refusals.count) }
    naming = best?.naming ?? .none
    var refusals = best?.refusals ?? []
    if case .refused(let refusal) = admission { refusals.insert(refusal, at: 0) }
    self.refusals = refusals
    isRefused = admission != .candidate
    self.owner = refusals.isEmpty ? owner : nil
  }

  /// The smaller, the closer. A device that the pool asks for by name comes first, whatever else it lacks, because the
  /// operator means it. Then the number of stages counts, and then whether selectors alone decide.
  var distance: [Int] { [naming.rawValue, refusals.count, isRefused ? 1 : 0] }
  /// Equal for devices that lack the same.
  var stages: [String] {
    ["\(naming)"] + (refusals.isEmpty ? ["\(owner.map { "\($0)" } ?? "")"] : refusals.map(\.stage))
  }

  /// What all of them lack, with their values combined.
  static func reason(_ lacks: [Lack]) -> String {
    lacks[0].refusals.indices.map { index in
      var seen: [String] = []
      for lack in lacks where !seen.contains(lack.refusals[index].seen) { seen.append(lack.refusals[index].seen) }
      let shown = seen.count > 3 ? Array(seen.prefix(3)) + ["others"] : seen
      let first = lacks[0].refusals[index]
      return Refusal(stage: first.stage, seen: shown.alternatives, wanted: first.wanted).description
    }.joined(separator: "; ")
  }
}
