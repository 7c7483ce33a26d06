import HostInventory
import JSONText
import ResourcePools
import TestSupport

extension GoldenCase {
  /// Everything that the configuration comes to on this host.
  func outcome() throws -> JSONValue {
    let settings = try settings()
    let machine = try MachineTree(named: try Pools.required(settings["machine"]))
    let (inventory, inventoryProblems) = machine.read()
    let (config, configProblems) = PluginConfig.decode(
      try config(), file: "config.json",
      defaults: ConfigDefaults(
        resourcePrefix: settings["prefix"] ?? "intel.com", strictUnknownKeys: false,
        node: settings["node"].map { .named($0) } ?? .unnamed))
    var fields: [JSONValue.Field] = [
      .init("problems", .array(configProblems.map { .string("\($0.severity): \($0.path): \($0.reason)") })),
      .init("hostProblems", .array(inventoryProblems.map { .string("\($0)") })),
    ]
    guard let config else { return withoutEmpty(.object(fields)) }
    let mode = CDIMode(rawValue: settings["cdi"] ?? "") ?? .off
    let partition = PoolPartition(
      inventory: inventory, pools: config.pools + config.sharedPools, elsewhere: config.poolsElsewhere)
    fields += [
      .init("pools", .array(partition.pools.map { json($0, on: inventory, cdi: mode) })),
      .init("unassigned", .array(partition.unassigned.map(json))),
      .init("warnings", .array(partition.warnings.map { .string("\($0)") })),
    ]
    return withoutEmpty(.object(fields))
  }
}

extension GoldenCase {
  private func json(_ pool: ResourcePool, on inventory: Inventory, cdi: CDIMode) -> JSONValue {
    // The last units first: answers keep the order of the request.
    let request = Array(pool.units.map(\.id).suffix(2).reversed())
    return withoutEmpty([
      "resourceName": .string("\(pool.name)"), "deviceType": .string(pool.config.type.name),
      "units": .array(pool.units.map { json($0, in: pool) }),
      "request": .strings(request),
      "answer": json(request, of: pool, on: inventory, cdi: cdi),
      "cdiSpec": cdi == .off ? .null : json(pool.cdiSpec(nodes: inventory.nodes)),
    ])
  }

  private func json(_ unit: Unit, in pool: ResourcePool) -> JSONValue {
    var words = [unit.id + ":"]
    let members = unit.members.map(\.device.id)
    if members != [unit.id] { words.append("of \(members.joined(separator: " and ")),") }
    words.append(unit.members.map { $0.device.driver ?? "no driver" }.joined(separator: " and ") + ",")
    if let nodes = pool.topology(of: unit) {
      words.append("numa \(nodes.map(String.init).joined(separator: " and ")),")
    }
    switch unit.health {
    case .healthy: words.append("Healthy")
    case .unhealthy(let reason): words.append("Unhealthy: \(reason)")
    }
    return .string(words.joined(separator: " "))
  }

  private func json(_ request: [String], of pool: ResourcePool, on inventory: Inventory, cdi: CDIMode) -> JSONValue {
    do {
      let current = pool.devices(of: request).compactMap { inventory[$0] }
      return json(try pool.allocate(request, seeing: current, nodes: inventory.nodes, cdi: cdi))
    } catch {
      return ["error": .string("\(error)")]
    }
  }

  private func json(_ answer: Allocation) -> JSONValue {
    withoutEmpty([
      "environment": .object(answer.environment.map { .init($0, .string($1)) }),
      "nodes": .strings(
        answer.nodes.map { "\($0.hostPath) \($0.permissions)" + other($0.containerPath, than: $0.hostPath) }),
      "mounts": .strings(
        answer.mounts.map {
          "\($0.hostPath) \($0.isReadOnly ? "ro" : "rw")" + other($0.containerPath, than: $0.hostPath)
        }),
      "annotations": .object(answer.annotations.map { .init($0, .string($1)) }),
      "cdiDevices": .strings(answer.cdiNames), "effects": .array(answer.effects.map(json)),
    ])
  }

  private func withoutEmpty(_ value: JSONValue) -> JSONValue {
    guard case .object(let fields) = value else { return value }
    return .object(fields.filter { ![.array([]), .object([]), .null].contains($0.value) })
  }

  private func other(_ path: String, than hostPath: String) -> String { path == hostPath ? "" : " at \(path)" }

  private func json(_ effect: Allocation.Effect) -> JSONValue {
    switch effect {
    case .host(let effect): .string("\(effect)")
    case .cdiSpec(let spec): .string("renew \(spec.fileName)")
    case .deviceInfo(let file): .string("\(file.fileName): \(file.text)")
    }
  }

  private func json(_ spec: CDISpec?) -> JSONValue {
    guard let spec else { return .null }
    return [
      "file": .string(spec.fileName), "kind": .string(spec.kind),
      "devices": .object(
        spec.devices.map { device in
          .init(
            device.name,
            .strings(
              device.nodes.map { $0.hostPath + other($0.containerPath, than: $0.hostPath) }
                + device.mounts.map { $0.hostPath + other($0.containerPath, than: $0.hostPath) }))
        }),
    ]
  }

  private func json(_ device: UnassignedDevice) -> JSONValue {
    [
      "id": .string(device.id),
      "reasons": .strings(
        device.reasons.map { reason in
          "\(reason.pool)\(reason.selector.map { "[\($0)]" } ?? ""): \(reason.refusal)"
        }),
    ]
  }
}
