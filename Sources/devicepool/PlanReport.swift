import Agent
import HostInventory
import JSONText
import ResourcePools

/// What `plan` prints. The JSON form is stable: tools rely on it.
struct PlanReport {
  private let rehearsal: Rehearsal

  init(_ rehearsal: Rehearsal) { self.rehearsal = rehearsal }

  private var partition: PoolPartition { rehearsal.partition }

  var json: String { JSONValue.object(fields).prettyText(keys: .given) }

  var fields: [JSONValue.Field] {
    [
      .init("pools", .array(partition.pools.map(pool))),
      .init("unassigned", .array(partition.unassigned.map(unassigned))),
      .init(
        "warnings",
        .array(
          rehearsal.partition.warnings.map { warning in
            [
              "pool": .string("\(warning.pool)"), "devices": .strings(warning.devices), "text": .string(warning.text),
            ]
          })),
      .init(
        "problems",
        .array(
          rehearsal.problems.map {
            .object([.init("path", .string($0.path)), .init("reason", .string($0.reason))])
          })),
    ]
  }

  /// One line: what each pool has.
  var line: String {
    var parts = partition.pools.map { "\($0.name) \($0.units.count)" }
    let sick = partition.pools.flatMap(\.units).count { $0.health != .healthy }
    if sick > 0 { parts.append("\(sick) unhealthy") }
    let unassigned = partition.unassigned.count
    if unassigned > 0 { parts.append("\(unassigned) in no pool") }
    let warnings = rehearsal.partition.warnings.count
    if warnings > 0 { parts.append(warnings == 1 ? "1 warning" : "\(warnings) warnings") }
    if !rehearsal.problems.isEmpty { parts.append("\(rehearsal.problems.count) facts could not be read") }
    return parts.isEmpty ? "no pool is for this node" : parts.joined(separator: ", ")
  }

  // MARK: JSON

  private func pool(_ pool: ResourcePool) -> JSONValue {
    let devices =
      pool.config.type.ownership == .shared
      ? (pool.units.first?.members ?? []).map { device($0.device, id: $0.device.id, pool.units[0].health) }
      : pool.units.map { unit in device(unit.members.first?.device, id: unit.id, unit.health, in: pool, unit) }
    return .object([
      .init("resourceName", .string("\(pool.name)")), .init("deviceType", .string(pool.config.type.name)),
      .init("serve", .string(pool.config.serve.rawValue)),
      .init("units", .int(pool.units.count)), .init("devices", .array(devices)),
    ])
  }

  private func device(
    _ device: Device?, id: String, _ health: Unit.Health, in pool: ResourcePool? = nil, _ unit: Unit? = nil
  ) -> JSONValue {
    var fields: [JSONValue.Field] = [.init("id", .string(id))]
    if let driver = device?.driver { fields.append(.init("driver", .string(driver))) }
    if let origin = device?.origin { fields.append(.init("of", .string(origin))) }
    if let device, !device.interfaces.isEmpty {
      fields.append(.init("interfaces", .strings(device.interfaces.map(\.name))))
    }
    if let device, !device.rdma.isEmpty { fields.append(.init("rdma", .strings(device.rdma.map(\.name)))) }
    if let group = device?.iommuGroup { fields.append(.init("iommuGroup", .int(group.number))) }
    let node = unit.flatMap { pool?.topology(of: $0)?.first } ?? (pool == nil ? device?.numaNode : nil)
    if let node { fields.append(.init("numaNode", .int(node))) }
    switch health {
    case .healthy: fields.append(.init("health", .string("Healthy")))
    case .unhealthy(let reason):
      fields.append(.init("health", .string("Unhealthy")))
      fields.append(.init("reason", .string(reason)))
    }
    return .object(fields)
  }

  private func unassigned(_ device: UnassignedDevice) -> JSONValue {
    .object([
      .init("id", .string(device.id)),
      .init(
        "reasons",
        .array(
          device.reasons.map { reason in
            var fields: [JSONValue.Field] = [.init("pool", .string("\(reason.pool)"))]
            if let selector = reason.selector { fields.append(.init("selector", .int(selector))) }
            fields += [
              .init("stage", .string(reason.refusal.stage)), .init("seen", .string(reason.refusal.seen)),
              .init("wanted", .strings(reason.refusal.wanted)),
            ]
            return .object(fields)
          })),
    ])
  }

  // MARK: Text

  var text: String {
    var lines: [String] = []
    for pool in partition.pools { lines += self.lines(pool) }
    lines += unassignedLines
    let warnings = rehearsal.partition.warnings
    if !warnings.isEmpty { lines.append("warnings:") }
    lines += warnings.map { "  \($0)" }
    if !rehearsal.problems.isEmpty { lines.append("problems:") }
    lines += rehearsal.problems.map { "  \($0)" }
    return lines.isEmpty ? "no pool is for this node" : lines.joined(separator: "\n")
  }

  private func lines(_ pool: ResourcePool) -> [String] {
    let frontEnd = pool.config.serve == .dra ? ", served by DRA" : ""
    let title = "\(pool.name) (\(pool.config.type.name)\(frontEnd)): "
    guard pool.config.type.ownership == .shared else {
      return [title + Self.counted(pool.units.count, "device")] + pool.units.map { "  \(line($0, in: pool))" }
    }
    // Each of its units gives all of its devices.
    let members = pool.units.first?.members ?? []
    let count = "\(Self.counted(pool.units.count, "unit")) of \(Self.counted(members.count, "device"))"
    return [title + count]
      + members.map { member in
        let node = member.device.numaNode.map { ["NUMA node \($0)"] } ?? []
        return "  " + (words(member.device, id: member.device.id) + node).joined(separator: "  ")
      } + (pool.units.first.flatMap(Self.trouble).map { ["  \($0)"] } ?? [])
  }

  private func line(_ unit: Unit, in pool: ResourcePool) -> String {
    var words = unit.members.first.map { self.words($0.device, id: unit.id) } ?? [unit.id]
    if let node = pool.topology(of: unit)?.first { words.append("NUMA node \(node)") }
    if let device = unit.members.first?.device, device.isBoundToVFIO, let group = device.iommuGroup {
      words.append("IOMMU group \(group.number)" + (group.isNoIOMMU ? " (no IOMMU)" : ""))
    }
    if let trouble = Self.trouble(unit) { words.append(trouble) }
    return words.joined(separator: "  ")
  }

  private func words(_ device: Device, id: String) -> [String] {
    var words = [id]
    if let origin = device.origin {
      words.append(device.subfunctionParent == nil ? "VF \(origin)" : "SF \(origin)")
    } else if let functions = device.virtualFunctions {
      // Its pods and those of its VFs share a port.
      words.append(functions.enabled > 0 ? "PF with \(Self.counted(functions.enabled, "VF"))" : "PF")
    }
    if let driver = device.driver { words.append(driver) }
    words += device.interfaces.prefix(1).map(\.name)
    words += device.rdma.map(\.name)
    return words
  }

  private static func trouble(_ unit: Unit) -> String? {
    if case .unhealthy(let reason) = unit.health { "Unhealthy: \(reason)" } else { nil }
  }

  /// Devices that all pools leave out for equal reasons are one group.
  private var unassignedLines: [String] {
    let unassigned = partition.unassigned
    guard !unassigned.isEmpty else { return [] }
    var groups: [(reasons: [String], ids: [String])] = []
    for device in unassigned {
      let reasons = device.reasons.map { reason in
        let selector = reason.selector.map { ", selector \($0)" } ?? ""
        return "\(reason.pool)\(selector): \(reason.refusal)"
      }
      if let place = groups.firstIndex(where: { $0.reasons == reasons }) {
        groups[place].ids.append(device.id)
      } else {
        groups.append((reasons, [device.id]))
      }
    }
    return ["in no pool:"]
      + groups.flatMap { group in
        let count = group.ids.count > 1 ? "\(group.ids.count) devices: " : ""
        return ["  \(count)\(group.ids.joined(separator: ", "))"] + group.reasons.map { "    \($0)" }
      }
  }

  private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}

extension Device {
  /// `ens1f0#2`: the PF's name or address and the function's number; nil for a device that was not made from another.
  fileprivate var origin: String? {
    physicalFunction.map { above in
      let name = above.name.isEmpty ? "\(above.address)" : above.name
      return above.functionIndex.map { "\(name)#\($0)" } ?? name
    }
  }

  fileprivate var subfunctionParent: PCIAddress? {
    if case .auxiliary(let device) = bus { device.parent } else { nil }
  }
}
