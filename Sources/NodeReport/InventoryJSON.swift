import HostInventory
import JSONText
import ResourcePools

/// The inventory as JSON, for programs. Keys are stable. A fact that a device lacks is left out, except for lists.
public struct InventoryJSON {
  private let survey: NodeSurvey

  /// Prepares the text of a survey.
  public init(_ survey: NodeSurvey) { self.survey = survey }

  /// The JSON text, indented by two spaces, with a newline at the end.
  public var text: String {
    let context = survey.context
    var fields: [JSONValue.Field] = []
    func add(_ key: String, _ value: String) {
      if !value.isEmpty { fields.append(.init(key, .string(value))) }
    }
    add("node", context.nodeName)
    add("time", context.time)
    add("version", context.version)
    if !context.configFiles.isEmpty { fields.append(.init("configFiles", .strings(context.configFiles))) }
    fields += [
      .init("devices", .array(survey.records.map(device))),
      .init("pools", .array(survey.pools.map(pool))),
      .init("warnings", .array(survey.warnings.map(warning))),
      .init(
        "problems",
        .array(
          survey.problems.map { .object([.init("path", .string($0.path)), .init("reason", .string($0.reason))]) })),
    ]
    return JSONValue.object(fields).prettyText(keys: .given)
  }

  private func warning(_ warning: PoolWarning) -> JSONValue {
    [
      "resourceName": .string("\(warning.pool)"), "devices": .strings(warning.devices), "text": .string(warning.text),
    ]
  }

  private func pool(_ pool: ResourcePool) -> JSONValue {
    var fields: [JSONValue.Field] = [
      .init("resourceName", .string("\(pool.name)")), .init("deviceType", .string(pool.config.type.name)),
      .init("units", .int(pool.units.count)),
      .init("healthy", .int(pool.units.count { $0.health == .healthy })),
    ]
    if let used = survey.usedUnits(of: pool) { fields.append(.init("used", .int(used))) }
    return .object(fields)
  }

  private func device(_ record: DeviceRecord) -> JSONValue {
    var fields = identity(record) + place(record.device) + facets(record.device)
    fields.append(.init("pools", .strings(record.memberships.map(\.name))))
    switch record.health {
    case .healthy: fields.append(.init("health", .string("Healthy")))
    case .unhealthy: fields.append(.init("health", .string("Unhealthy")))
    case nil: break
    }
    if let trouble = record.trouble { fields.append(.init("reason", .string(trouble))) }
    let pods = record.uses.compactMap { use in
      use.pod.map { pod in
        JSONValue.object([
          .init("namespace", .string(use.namespace)), .init("name", .string(pod)),
          .init("container", .string(use.container)), .init("resource", .string(use.resource)),
        ])
      }
    }
    fields.append(.init("pods", .array(pods)))
    let claims = record.uses.filter { $0.pod == nil }.map(\.holder)
    if !claims.isEmpty { fields.append(.init("claims", .strings(claims))) }
    return .object(fields)
  }

  private func identity(_ record: DeviceRecord) -> [JSONValue.Field] {
    let device = record.device
    var fields: [JSONValue.Field] = [
      .init("id", .string(device.id)), .init("kind", .string(record.kind.name)),
    ]
    if device.pciAddress != nil {
      fields.append(.init("vendor", .string(HexIdentifiers.text(device.vendor))))
      fields.append(.init("device", .string(HexIdentifiers.text(device.product))))
    }
    if let model = record.model { fields.append(.init("model", .string(model))) }
    if let driver = device.driver { fields.append(.init("driver", .string(driver))) }
    return fields
  }

  private func place(_ device: Device) -> [JSONValue.Field] {
    var fields: [JSONValue.Field] = []
    if let node = device.numaNode { fields.append(.init("numaNode", .int(node))) }
    if let port = device.bridges.first { fields.append(.init("rootPort", .string("\(port)"))) }
    if case .auxiliary(let own) = device.bus { fields.append(.init("parent", .string("\(own.parent)"))) }
    if let above = device.physicalFunction {
      fields.append(.init("physicalFunction", .string("\(above.address)")))
      if !above.name.isEmpty { fields.append(.init("physicalFunctionName", .string(above.name))) }
      if let number = above.functionIndex { fields.append(.init("functionIndex", .int(number))) }
    }
    if let functions = device.virtualFunctions {
      fields.append(.init("virtualFunctions", ["enabled": .int(functions.enabled), "total": .int(functions.total)]))
    }
    if let group = device.iommuGroup { fields.append(.init("iommuGroup", .int(group.number))) }
    if let index = device.acpiIndex { fields.append(.init("acpiIndex", .string(index))) }
    return fields
  }

  private func facets(_ device: Device) -> [JSONValue.Field] {
    var fields: [JSONValue.Field] = []
    if !device.linkType.isEmpty { fields.append(.init("linkType", .string(device.linkType))) }
    fields.append(.init("interfaces", .array(device.interfaces.map(interface))))
    if !device.rdma.isEmpty {
      let rdma = device.rdma.map { rdma in
        JSONValue.object([
          .init("name", .string(rdma.name)), .init("characterDevices", .strings(rdma.characterDevices)),
        ])
      }
      fields.append(.init("rdma", .array(rdma)))
    }
    if !device.vdpa.isEmpty {
      let vdpa = device.vdpa.map { vdpa in
        var fields: [JSONValue.Field] = [.init("name", .string(vdpa.name))]
        if let kind = vdpa.kind { fields.append(.init("type", .string(kind.rawValue))) }
        if let path = vdpa.path { fields.append(.init("path", .string(path))) }
        return JSONValue.object(fields)
      }
      fields.append(.init("vdpa", .array(vdpa)))
    }
    if let uio = device.uio { fields.append(.init("uio", .strings(uio))) }
    if let profile = device.ddpProfile { fields.append(.init("ddpProfile", .string(profile))) }
    if let npu = npu(device) { fields.append(.init("npu", npu)) }
    if let facts = device.unifiedBus { fields.append(.init("ub", unifiedBus(facts))) }
    return fields
  }

  private func npu(_ device: Device) -> JSONValue? {
    var fields: [JSONValue.Field] = []
    if case .node(let name)? = device.rebellions { fields.append(.init("node", .string("/dev/\(name)"))) }
    if let card = RebellionsProduct.card(of: device) { fields.append(.init("card", .string("\(card)"))) }
    return fields.isEmpty ? nil : .object(fields)
  }

  private func unifiedBus(_ facts: UBDevice) -> JSONValue {
    var fields: [JSONValue.Field] = [
      .init("devices", .strings(facts.kernelDevices)), .init("eids", .strings(facts.eids)),
    ]
    if facts.isElsewhere { fields.append(.init("elsewhere", true)) }
    return .object(fields)
  }

  private func interface(_ interface: NetInterface) -> JSONValue {
    var fields: [JSONValue.Field] = [.init("name", .string(interface.name))]
    if let type = interface.linkType { fields.append(.init("linkType", .string(type))) }
    if let isUp = interface.isUp { fields.append(.init("up", .bool(isUp))) }
    if let hasCarrier = interface.hasCarrier { fields.append(.init("carrier", .bool(hasCarrier))) }
    if interface.carriesDefaultRoute { fields.append(.init("defaultRoute", true)) }
    return .object(fields)
  }
}
