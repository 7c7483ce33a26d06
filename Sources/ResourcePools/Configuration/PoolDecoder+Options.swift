import JSONText

extension PoolDecoder {
  /// Reads the keys that correspond to one field.
  func readOptions(_ object: ConfigObject, into pool: inout PoolConfig, log: inout ProblemLog) {
    pool.excludeTopology = object.flag("excludeTopology", log: &log) ?? false
    let preference = object.choice("preferredAllocation", Preference.self, log: &log)
    pool.preferenceIsImplied = preference == nil && pool.isOfNPUs
    pool.preferredAllocation = preference ?? (pool.isOfNPUs ? .topology : .none)
    pool.replicas = object.integer("replicas", of: .resourcePool, log: &log) ?? 1
    pool.healthChecks = Set(object.choices("healthChecks", HealthCheck.self, log: &log) ?? HealthCheck.allCases)
    pool.serve = readFrontEnd(object, for: pool, log: &log)
    for option in ConfigReference.options { option.read(object, into: &pool, log: &log) }
  }

  /// Reads `serve`. UB pools can't use DRA, which has no call like PreStartContainer, in which a device moves into its
  /// pod's network namespace.
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
