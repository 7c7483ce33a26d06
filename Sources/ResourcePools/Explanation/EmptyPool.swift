import HostInventory

/// Why a pool has no device: what the closest devices lack.
public struct EmptyPool: Sendable, Equatable {
  /// The pool's resource name.
  public let pool: ResourceName
  /// Ids of the devices that lack the least; empty when the host has no device of the pool's kind.
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
    var groups: [[Lack]] = []
    var places: [[String]: Int] = [:]
    for device in inventory.devices {
      guard let lack = Lack(device, rules, owner: owners[device.id]) else { continue }
      if let place = places[lack.stages] {
        groups[place].append(lack)
      } else {
        places[lack.stages] = groups.count
        groups.append([lack])
      }
    }
    // The groups whose devices lack the least; of these, the largest.
    let fewest = groups.map { $0[0].weight }.min()
    let closest = groups.filter { $0[0].weight == fewest }.max { $0.count < $1.count }
    guard let closest, let first = closest.first else {
      let reason = "this host has no device for pools of type \(config.type.name)"
      return EmptyPool(pool: config.name, closest: [], reason: reason, advice: nil)
    }
    let ids = closest.map(\.device.id)
    if let owner = first.owner {
      return EmptyPool(pool: config.name, closest: ids, reason: "already claimed by \(owner)", advice: nil)
    }
    let advised = first.refusals.map(RefusalAdvice(device: first.device, inventory: inventory).advising)
    return EmptyPool(
      pool: config.name, closest: ids, reason: Lack.reason(closest),
      advice: advised.compactMap(\.advice).first)
  }
}

/// What one device lacks for one pool.
private struct Lack {
  let device: Device
  let refusals: [Refusal]
  /// The pool that has it although this one would take it.
  let owner: ResourceName?

  /// Nil for another kind of device.
  init?(_ device: Device, _ rules: PoolRules, owner: ResourceName?) {
    let admission = rules.config.type.admission(device, rules.config, rules.nodes)
    if admission == .foreign { return nil }
    self.device = device
    var refusals = rules.objections(to: device).min { $0.count < $1.count } ?? []
    if case .refused(let refusal) = admission { refusals.insert(refusal, at: 0) }
    self.refusals = refusals
    self.owner = refusals.isEmpty ? owner : nil
  }

  var weight: Int { refusals.count }
  var stages: [String] { refusals.isEmpty ? ["\(owner.map { "\($0)" } ?? "")"] : refusals.map(\.stage) }

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
