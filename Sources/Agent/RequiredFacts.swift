import ResourcePools

/// Facts that cost a program or a dump, read only when a pool asks for them.
struct RequiredFacts: Sendable, Equatable {
  var ddpProfiles = false
  var vdpa = false
  var rdma = false
  var defaultRoute = false

  static let all = RequiredFacts(ddpProfiles: true, vdpa: true, rdma: true, defaultRoute: true)

  /// Without what costs a program's run for each NIC.
  var withAllQuickFacts: RequiredFacts {
    RequiredFacts(ddpProfiles: ddpProfiles, vdpa: true, rdma: true, defaultRoute: true)
  }

  private init(ddpProfiles: Bool, vdpa: Bool, rdma: Bool, defaultRoute: Bool) {
    self.ddpProfiles = ddpProfiles
    self.vdpa = vdpa
    self.rdma = rdma
    self.defaultRoute = defaultRoute
  }

  init(_ config: PluginConfig) {
    for selector in (config.pools + config.sharedPools).flatMap(\.selectors) {
      if selector.vdpaType != nil { vdpa = true }
      if selector.isRDMA { rdma = true }
      if selector.pipeline.stages.contains(where: { $0.key == "ddpProfiles" }) { ddpProfiles = true }
    }
    if !config.sharedPools.isEmpty { rdma = true }
    // A pool that offers the node's uplink gets a warning in any case.
    defaultRoute = config.pools.contains { $0.type.mayTakeUplink }
  }
}
