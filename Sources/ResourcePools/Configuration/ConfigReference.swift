/// Every key of a configuration file. The decoder accepts exactly these; the manual and the schema are made from them.
public enum ConfigReference {
  /// The keys of one kind of object, in the manual's order.
  public static func keys(of scope: ConfigKey.Scope) -> [ConfigKey] {
    switch scope {
    case .file: file
    case .resourcePool: resourcePool
    case .selectors: selectors
    case .networkNamespace: networkNamespace
    case .ubsEngine: ubsEngine
    case .sharedPool: sharedPool
    case .sharedSelectors: sharedSelectors
    }
  }

  private static let pci = ["netDevice", "auxNetDevice", "accelerator"]

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

  static let resourcePool: [ConfigKey] = [
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
      "additionalInfo", .additionalInfo, absent: "no section extra", deviceTypes: pci,
      meaning: "Strings for containers in PCIDEVICE_…_INFO, by PCI address, or for all devices by '*'; never logged."),
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
      "excludeDefaultRoute", .flag, absent: "false", deviceTypes: ["netDevice", "auxNetDevice"],
      meaning: "Functions that carry a default route of the host are left out, also below bonds, bridges and VLANs."),
    ConfigKey(
      "vfio", .choice(PoolConfig.VFIOOptions.Nodes.allCases.map(\.rawValue)), absent: "group",
      deviceTypes: ["netDevice", "accelerator"],
      meaning: "Nodes of functions bound to vfio-pci: /dev/vfio/N, /dev/vfio/devices/vfioN (Linux 6.6), or both."),
    ConfigKey(
      "iommufd", .flag, absent: "false", deviceTypes: ["netDevice", "accelerator"],
      meaning: "Containers with functions bound to vfio-pci get /dev/iommu too."),
    ConfigKey(
      "nodeNames", .texts, absent: "every node",
      meaning: "Globs: the pool is only for nodes whose NODE_NAME matches one."),
    ConfigKey(
      "allowCrossNuma", .flag, absent: "false", deviceTypes: ["accelerator"],
      meaning: "With preferredAllocation topology, one container may get NPUs of several NUMA nodes; "
        + "otherwise it is refused."),
    ConfigKey(
      "resetOnAllocate", .flag, absent: "false", deviceTypes: ["netDevice", "accelerator"],
      meaning: "A device gets a function level reset before it is handed out, unless something uses it."),
    ConfigKey(
      "rsdGroups", .flag, absent: "false", deviceTypes: ["accelerator"],
      meaning: "The NPUs of one container are made a group of their own by rbln-smi."),
    ConfigKey(
      "netns", .object(.networkNamespace), absent: "its defaults", deviceTypes: ["ubNetDevice"],
      meaning: "How devices are moved into the pod's network namespace."),
    ConfigKey(
      "ubse", .object(.ubsEngine), absent: "devices are read from sysfs", deviceTypes: ["ubNetDevice"],
      meaning: "The UBS engine that lists and activates devices."),
    ConfigKey(
      "SelectorObjs", .ignored, absent: "",
      meaning: "Null or a list, as the SR-IOV network operator writes it: without effect."),
    ConfigKey("SelectorObj", .ignored, absent: "", meaning: "Without effect."),
  ]

  /// The selectors of all device types, each key once.
  static let selectors: [ConfigKey] = keys(of: DeviceTypeCatalog.claimed)
  static let sharedSelectors: [ConfigKey] = keys(of: DeviceTypeCatalog.all.filter { $0.ownership == .shared })

  static let networkNamespace: [ConfigKey] = [
    ConfigKey(
      "containerRuntimeEndpoint", .text, absent: "the first runtime's socket that is there",
      meaning: "The container runtime's CRI socket."),
    ConfigKey(
      "reconcileSeconds", .integer(0...86_400), absent: "15",
      meaning: "Seconds between two checks that devices are in their pods' network namespaces; 0 turns the "
        + "checks off."),
  ]

  static let ubsEngine: [ConfigKey] = [
    ConfigKey(
      "socket", .text, absent: PoolConfig.UBSEngineOptions.standardSocket, meaning: "The engine's UNIX socket."),
    ConfigKey(
      "dialect", .choice(PoolConfig.UBSEngineOptions.Dialect.allCases.map(\.rawValue)), absent: "auto",
      meaning: "Which of its incompatible wire formats the engine uses; auto finds it out without side effects."),
    ConfigKey(
      "pollSeconds", .integer(1...3600), absent: "10",
      meaning: "Seconds between two requests for the list of devices and their health."),
  ]

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
      keys.append(ConfigKey(kind, deviceTypes: users.count == types.count ? [] : users.map(\.name)))
    }
    return keys
  }

  /// The selectors of one device type.
  static func selectors(of type: DeviceType) -> [ConfigKey] {
    type.selectors.map { ConfigKey($0, deviceTypes: []) }
  }
}

extension ConfigKey {
  fileprivate init(_ kind: SelectorKind, deviceTypes: [String]) {
    self.init(
      kind.key, kind.valueType, absent: kind.presence == .required ? nil : "not asked for", deviceTypes: deviceTypes,
      meaning: kind.meaning)
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
