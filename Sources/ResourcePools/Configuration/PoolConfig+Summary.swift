public import JSONText

extension PoolConfig {
  /// The pool as it is in effect, for a log: defaults are filled in, keys without a default are there when the file has
  /// them, and values of `additionalInfo`, which are secrets, are left out.
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
      .init("excludeDefaultRoute", .bool(excludeDefaultRoute)), .init("allowCrossNuma", .bool(allowCrossNuma)),
      .init("resetOnAllocate", .bool(resetOnAllocate)), .init("rsdGroups", .bool(rsdGroups)),
      .init("vfio", .string(vfio.nodes.rawValue)), .init("iommufd", .bool(vfio.iommufd)),
    ]
    if !nodeNames.isEmpty { fields.append(.init("nodeNames", .strings(nodeNames))) }
    if let additionalInfo { fields.append(.init("additionalInfo", Self.redacted(additionalInfo))) }
    if let networkNamespace {
      var netns: [JSONValue.Field] = [.init("reconcileSeconds", .int(networkNamespace.reconcileSeconds))]
      if let endpoint = networkNamespace.containerRuntimeEndpoint {
        netns.append(.init("containerRuntimeEndpoint", .string(endpoint)))
      }
      fields.append(.init("netns", .object(netns)))
    }
    if let ubsEngine {
      fields.append(
        .init(
          "ubse",
          .object([
            .init("socket", .string(ubsEngine.socket)), .init("dialect", .string(ubsEngine.dialect.rawValue)),
            .init("pollSeconds", .int(ubsEngine.pollSeconds)),
          ])))
    }
    return .object(fields)
  }

  /// The keys for each device, without their values.
  private static func redacted(_ info: [String: [String: String]]) -> JSONValue {
    .sorted(info.map { device, words in (key: device, value: .sorted(words.map { (key: $0.key, value: "redacted") })) })
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
