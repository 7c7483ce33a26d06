import Agent
import HostInventory
import JSONText
import ResourcePools

/// What `plan` prints. The JSON form is stable: tools rely on it.
struct PlanReport {
  private let rehearsal: Rehearsal

  init(_ rehearsal: Rehearsal) { self.rehearsal = rehearsal }

  var json: String { JSONValue.object(fields).prettyText(keys: .given) }

  var fields: [JSONValue.Field] {
    [
      .init("pools", .array(rehearsal.partition.pools.map(pool))),
      .init("unassigned", .array(rehearsal.partition.unassigned.map(unassigned))),
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
    var parts = rehearsal.partition.pools.map { "\($0.name) \($0.units.count)" }
    let sick = rehearsal.partition.pools.flatMap(\.units).count { $0.health != .healthy }
    if sick > 0 { parts.append("\(sick) unhealthy") }
    let unassigned = rehearsal.partition.unassigned.count
    if unassigned > 0 { parts.append("\(unassigned) in no pool") }
    if !rehearsal.problems.isEmpty { parts.append("\(rehearsal.problems.count) facts could not be read") }
    return parts.isEmpty ? "no pool is for this node" : parts.joined(separator: ", ")
  }

  private func pool(_ pool: ResourcePool) -> JSONValue {
    .object([
      .init("resourceName", .string("\(pool.name)")), .init("deviceType", .string(pool.config.type.name)),
      .init("devices", .array(pool.units.map { unit($0, in: pool) })),
    ])
  }

  private func unit(_ unit: Unit, in pool: ResourcePool) -> JSONValue {
    var fields: [JSONValue.Field] = [.init("id", .string(unit.id))]
    if let driver = unit.members.first?.device.driver { fields.append(.init("driver", .string(driver))) }
    if let node = pool.topology(of: unit)?.first { fields.append(.init("numaNode", .int(node))) }
    switch unit.health {
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

  var text: String {
    var lines: [String] = []
    for pool in rehearsal.partition.pools {
      let count = pool.units.count == 1 ? "1 device" : "\(pool.units.count) devices"
      lines.append("\(pool.name) (\(pool.config.type.name)): \(count)")
      for unit in pool.units { lines.append("  \(line(unit, in: pool))") }
    }
    let unassigned = rehearsal.partition.unassigned
    if !unassigned.isEmpty { lines.append("in no pool:") }
    for device in unassigned {
      lines.append("  \(device.id)")
      for reason in device.reasons {
        let selector = reason.selector.map { ", selector \($0)" } ?? ""
        lines.append("    \(reason.pool)\(selector): \(reason.refusal)")
      }
    }
    if !rehearsal.problems.isEmpty { lines.append("problems:") }
    lines += rehearsal.problems.map { "  \($0)" }
    return lines.joined(separator: "\n")
  }

  private func line(_ unit: Unit, in pool: ResourcePool) -> String {
    var words = [unit.id]
    if let driver = unit.members.first?.device.driver { words.append(driver) }
    if let node = pool.topology(of: unit)?.first { words.append("NUMA node \(node)") }
    if case .unhealthy(let reason) = unit.health { words.append("Unhealthy: \(reason)") }
    return words.joined(separator: "  ")
  }
}
