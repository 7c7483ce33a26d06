/// Every key of a configuration file. The decoder accepts exactly these; the manual and the schema are generated from
/// them.
public enum ConfigReference {
  /// The keys of one kind of object, in the manual's order.
  public static func keys(of scope: ConfigKey.Scope) -> [ConfigKey] {
    switch scope {
    case .file: file
    case .resourcePool: resourcePool
    case .selectors: selectors
    case .option(let name): resourcePool.first { $0.name == name }?.inner ?? []
    case .sharedPool: sharedPool
    case .sharedSelectors: sharedSelectors
    }
  }

  /// Every kind of object, in the manual's order.
  public static let scopes: [ConfigKey.Scope] =
    [.file, .resourcePool, .selectors]
    + options.filter { !$0.key.inner.isEmpty }.map { .option($0.key.name) } + [.sharedPool, .sharedSelectors]

  /// The keys that device types have of their own, each once.
  static let options: [any PoolKey] = DeviceTypeCatalog.claimed.flatMap(\.options).reduce(into: []) { options, option in
    if !options.contains(where: { $0.key.name == option.key.name }) { options.append(option) }
  }

  static let file: [ConfigKey] = [
    ConfigKey(
      "resourceList", .objects(.resourcePool), absent: "no such pools",
      meaning: "Pools that own their devices; an earlier pool takes a device before a later one. An empty "
        + "list is a node without pools."),
    ConfigKey(
      "configList", .objects(.sharedPool), absent: "no such pools",
      meaning: "Pools of RDMA devices that many containers share, as the RDMA shared device plugin has them."),
    ConfigKey(
      "periodicUpdateInterval", .integer(0...2_147_483_647), absent: "60",
      meaning: "Seconds between two scans of the devices of configList; 0: only when the kernel reports a change. "
        + "With a resourceList too, all devices are scanned every 60 seconds at least."),
    ConfigKey("$schema", .ignored, absent: "", meaning: "For editors: where the schema of this file is."),
  ]

  private static let serve = ConfigKey(
    "serve", .choice(FrontEndKind.allCases.map(\.rawValue)), absent: FrontEndKind.devicePlugin.rawValue,
    meaning: "The interface that hands the devices out: kubelet's device plugin API, or Dynamic Resource Allocation.")

  /// The keys that all pools have, those that device types have of their own, and those that have no effect.
  static let resourcePool: [ConfigKey] = poolsOfAllTypes + options.map(described) + withoutEffect

  private static let poolsOfAllTypes: [ConfigKey] = [
    ConfigKey(
      "resourceName", .text, absent: nil,
      meaning: "Name of the extended resource: letters, digits, '_' and '-'; ubNetDevice pools are ub_net_device."),
    ConfigKey(
      "resourcePrefix", .text, absent: "-resource-prefix; unifiedbus.com for ubNetDevice",
      meaning: "The part of the resource's full name before the slash; the empty string counts as absent."),
    ConfigKey(
      "deviceType", .choice(DeviceTypeCatalog.claimed.map(\.name)), absent: DeviceTypeCatalog.standard.name,
      meaning: "The kind of devices in the pool; the spelling must match."),
    ConfigKey(
      "selectors", .objectOrObjects(.selectors), absent: nil,
      meaning: "One selector object, or a list of them: a device must pass at least one. {} selects every device."),
    serve,
    ConfigKey(
      "excludeTopology", .flag, absent: "false", meaning: "The list for kubelet has no NUMA nodes."),
    ConfigKey(
      "preferredAllocation", .choice(Preference.allCases.map(\.rawValue)),
      absent: "none; with vendors 1eff alone, topology for RBLN-CA22 and RBLN-CA25",
      meaning: "Which free devices are preferred: packed uses up one PF before the next, spread alternates "
        + "PFs, topology keeps devices near each other."),
    ConfigKey(
      "replicas", .integer(1...90_000), absent: "1",
      meaning:
        "How often every device is advertised, as <id>::<n>: that many containers share it. kubelet reads lists of at most 4 "
        + "MiB, which is about 90000 such ids."),
    ConfigKey(
      "healthChecks", .choices(HealthCheck.allCases.map(\.rawValue)), absent: "all of them",
      meaning:
        "What makes a device Unhealthy. present: a pod's device is gone; driver: a pod's device no longer fits its pool; "
        + "link: a link without carrier; group: its IOMMU group is in use or not viable; interface: its netdev is lost; "
        + "claim: a DRA driver has it. With [] nothing does."),
    ConfigKey(
      "nodeNames", .texts, absent: "every node",
      meaning: "Globs: the pool is only for nodes whose NODE_NAME matches one."),
  ]

  private static let withoutEffect: [ConfigKey] = [
    ConfigKey(
      "SelectorObjs", .ignored, absent: "",
      meaning: "Null or a list, as the SR-IOV network operator writes it: without effect."),
    ConfigKey("SelectorObj", .ignored, absent: "", meaning: "Without effect."),
  ]

  private static func described(_ option: any PoolKey) -> ConfigKey {
    var key = option.key
    let types = DeviceTypeCatalog.claimed.filter { type in type.options.contains { $0.key.name == key.name } }
    key.deviceTypes = types.map(\.name)
    return key
  }

  /// The selectors of all device types, each key once.
  static let selectors: [ConfigKey] = keys(of: DeviceTypeCatalog.claimed)
  static let sharedSelectors: [ConfigKey] = keys(of: DeviceTypeCatalog.all.filter { $0.ownership == .shared })

  static let sharedPool: [ConfigKey] = [
    ConfigKey(
      "resourceName", .text, absent: nil, meaning: "Name of the extended resource: letters, digits and '_'."),
    ConfigKey(
      "resourcePrefix", .text, absent: "rdma", meaning: "The part of the resource's full name before the slash."),
    ConfigKey(
      "rdmaHcaMax", .integer(0...200_000), absent: "0",
      meaning:
        "How many containers can share the pool's devices at the same time. kubelet reads lists of at most 4 MiB, which is about "
        + "200000 ids."),
    ConfigKey(
      "selectors", .object(.sharedSelectors), absent: "devices is needed", meaning: "Which devices are shared."),
    serve,
    ConfigKey("devices", .texts, absent: "selectors is needed", meaning: "Interface names: an old form of ifNames."),
    ConfigKey(
      "setLinkUp", .flag, absent: "false", meaning: "The selected network interfaces are set up at start."),
  ]

  private static func keys(of types: [DeviceType]) -> [ConfigKey] {
    var keys: [ConfigKey] = []
    for kind in types.flatMap(\.selectors) where !keys.contains(where: { $0.name == kind.key }) {
      let users = types.filter { type in type.selectors.contains { $0.key == kind.key } }
      var key = ConfigKey(kind)
      if users.count < types.count { key.deviceTypes = users.map(\.name) }
      keys.append(key)
    }
    return keys
  }

  /// The selectors of one device type.
  static func selectors(of type: DeviceType) -> [ConfigKey] {
    type.selectors.map { ConfigKey($0) }
  }
}

extension ConfigKey {
  fileprivate init(_ kind: SelectorKind) {
    self.init(
      kind.key, kind.valueType, absent: kind.presence == .required ? nil : "not asked for", meaning: kind.meaning)
  }
}

extension SelectorKind {
  var valueType: ConfigKey.ValueType {
    switch shape {
    case .list: .texts
    case .text: .text
    case .flag: .flag
    }
  }
}
