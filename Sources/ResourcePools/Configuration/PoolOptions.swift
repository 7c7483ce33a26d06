import JSONText

extension PoolDecoder {
  /// The keys that need no explanation: each fills the field of its name.
  func readOptions(_ object: ConfigObject, into pool: inout PoolConfig, log: inout ProblemLog) {
    pool.excludeTopology = object.flag("excludeTopology", log: &log) ?? false
    pool.additionalInfo = AdditionalInfoReader(path: path.key("additionalInfo")).read(object, log: &log)
    let preference = object.choice("preferredAllocation", Preference.self, log: &log)
    pool.preferenceIsImplied = preference == nil && pool.isOfNPUs
    pool.preferredAllocation = preference ?? (pool.isOfNPUs ? .topology : .none)
    pool.replicas = object.integer("replicas", of: .resourcePool, log: &log) ?? 1
    pool.healthChecks = Set(object.choices("healthChecks", HealthCheck.self, log: &log) ?? HealthCheck.allCases)
    pool.excludeDefaultRoute = object.flag("excludeDefaultRoute", log: &log) ?? false
    pool.allowCrossNuma = object.flag("allowCrossNuma", log: &log) ?? false
    pool.resetOnAllocate = object.flag("resetOnAllocate", log: &log) ?? false
    pool.rsdGroups = object.flag("rsdGroups", log: &log) ?? false
    pool.serve = readFrontEnd(object, for: pool, log: &log)
    pool.vfio.nodes = object.choice("vfio", PoolConfig.VFIOOptions.Nodes.self, log: &log) ?? .group
    pool.vfio.iommufd = object.flag("iommufd", log: &log) ?? false
    let moves = pool.type.registration == .preStart
    pool.networkNamespace = readNetworkNamespace(object, log: &log) ?? (moves ? .init() : nil)
    pool.ubsEngine = readUBSEngine(object, log: &log)
  }

  /// A UB device moves into its pod's network namespace in PreStartContainer, a call that DRA lacks.
  private func readFrontEnd(_ object: ConfigObject, for pool: PoolConfig, log: inout ProblemLog) -> FrontEndKind {
    guard let kind = object.choice("serve", FrontEndKind.self, log: &log) else { return .devicePlugin }
    guard kind == .dra else { return kind }
    let position = object.position(of: "serve")
    if pool.type.registration == .preStart {
      log.error(
        path.key("serve"), at: position,
        "\(pool.type.name) pools can only be served by the device plugin API: expected devicePlugin")
    }
    if pool.preferredAllocation != .none {
      log.warning(
        path.key("preferredAllocation"), at: object.position(of: "preferredAllocation"),
        "without effect with serve dra: the scheduler takes the first device that fits the claim")
    }
    return kind
  }

  private func readNetworkNamespace(
    _ object: ConfigObject, log: inout ProblemLog
  ) -> PoolConfig.NetworkNamespaceOptions? {
    guard let node = object.node("netns"),
      let inner = ConfigObject(node, at: path.key("netns"), keys: .of(.networkNamespace), log: &log)
    else { return nil }
    var options = PoolConfig.NetworkNamespaceOptions()
    options.containerRuntimeEndpoint = inner.socketPath("containerRuntimeEndpoint", log: &log)
    options.reconcileSeconds =
      inner.integer("reconcileSeconds", of: .networkNamespace, log: &log) ?? options.reconcileSeconds
    return options
  }

  private func readUBSEngine(_ object: ConfigObject, log: inout ProblemLog) -> PoolConfig.UBSEngineOptions? {
    typealias Options = PoolConfig.UBSEngineOptions
    guard let node = object.node("ubse"),
      let inner = ConfigObject(node, at: path.key("ubse"), keys: .of(.ubsEngine), log: &log)
    else { return nil }
    var options = Options(
      socket: inner.socketPath("socket", log: &log) ?? Options.standardSocket,
      dialect: inner.choice("dialect", Options.Dialect.self, log: &log) ?? .auto)
    options.pollSeconds = inner.integer("pollSeconds", of: .ubsEngine, log: &log) ?? options.pollSeconds
    return options
  }
}

extension PoolConfig {
  /// Whether it selects devices of the NPU vendor and no others, as the vendor's configurations do.
  fileprivate var isOfNPUs: Bool {
    !selectors.isEmpty
      && selectors.allSatisfy { object in
        object.pipeline.stages.contains { $0.key == "vendors" && $0.wanted == [RebellionsProduct.vendorText] }
      }
  }
}

extension ConfigObject {
  /// An integer within the bounds that the reference names.
  func integer(_ key: String, of scope: ConfigKey.Scope, log: inout ProblemLog) -> Int? {
    guard case .integer(let range)? = ConfigKeySet.of(scope)[key]?.type else { return nil }
    return integer(key, in: range, log: &log)
  }

  /// The path of a UNIX socket, with or without `unix://`; nil when it is absent or empty.
  fileprivate func socketPath(_ key: String, log: inout ProblemLog) -> String? {
    guard let text = text(key, log: &log), !text.isEmpty else { return nil }
    let socket = text.hasPrefix("unix://") ? String(text.dropFirst("unix://".count)) : text
    if !socket.hasPrefix("/") || socket.utf8.contains(0) || socket.utf8.count > 107 {
      log.error(
        path.key(key), at: position(of: key),
        "found \(text.quoted), expected the absolute path of a socket of at most 107 bytes")
    }
    return socket
  }
}
