public import JSONText

extension PoolConfig {
  /// The pool as it is in effect, with defaults, for the log. Values of `additionalInfo` are secrets and left out.
  public var summary: JSONValue {
    var fields: [JSONValue.Field] = [
      .init("resource", .string("\(name)")), .init("deviceType", .string(type.name)),
      .init("selectors", .array(selectors.map(\.summary))), .init("serve", .string(serve.rawValue)),
    ]
    if let shared {
      fields.append(.init("rdmaHcaMax", .int(shared.rdmaHcaMax)))
      fields.append(.init("setLinkUp", .bool(shared.setLinkUp)))
      return .object(fields)
    }
    fields += [
      .init("excludeTopology", .bool(excludeTopology)),
      .init("preferredAllocation", .string(preferredAllocation.rawValue)), .init("replicas", .int(replicas)),
      .init("healthChecks", .strings(HealthCheck.allCases.filter(healthChecks.contains).map(\.rawValue))),
    ]
    if !nodeNames.isEmpty { fields.append(.init("nodeNames", .strings(nodeNames))) }
    for option in ConfigReference.options {
      if let value = option.summary(of: self) { fields.append(.init(option.key.name, value)) }
    }
    return .object(fields)
  }
}

extension SelectorObject {
  /// Stages in the order in which they apply.
  fileprivate var summary: JSONValue {
    var fields = pipeline.stages.map { JSONValue.Field($0.key, .strings($0.wanted)) }
    if needVhostNet { fields.append(.init("needVhostNet", true)) }
    return .object(fields)
  }
}
