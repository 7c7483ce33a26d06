import HostInventory
import KubeletAPI
import Logging
import ResourcePools

/// Remembers which conditions of the host, the configuration and kubelet were logged: each is logged when it
/// begins.
struct ToldConditions {
  /// The problems of the last scan of the host.
  private(set) var problems: Set<InventoryProblem> = []
  private var profileSource: String?
  private var excesses: [ResourceName: ListExcess] = [:]
  private var isUncertain = false

  /// With more pools, the memory limit of 128 MiB in the manifests may be too low; see Performance.
  private static let manyPools = 1000

  func isNew(_ problem: InventoryProblem) -> Bool { !problems.contains(problem) }

  mutating func problems(_ found: [InventoryProblem], of scope: NodeChanges.Scope, _ log: Logger) {
    for problem in found where isNew(problem) {
      log.warning(
        "a fact of the host could not be read", metadata: ["path": "\(problem.path)", "err": "\(problem.reason)"])
    }
    // A partial scan does not clear the problems of the rest.
    if scope == .everything { problems = [] }
    problems.formUnion(found)
  }

  mutating func profiles(from source: String?, _ log: Logger) {
    guard let source, source != profileSource else { return }
    log.info("DDP profiles are read", metadata: ["from": "\(source)"])
    profileSource = source
  }

  /// Logs a configuration without pools, or with very many.
  func size(of config: PluginConfig, _ log: Logger) {
    let count = config.pools.count + config.sharedPools.count
    if count == 0 { log.notice("the configuration has no pool for this node: waiting for one that has") }
    guard count > Self.manyPools else { return }
    log.warning(
      "very many pools: each takes 60 KiB and three descriptors; raise the container's limits",
      metadata: ["pools": "\(count)", "many": "\(Self.manyPools)"])
  }

  mutating func excess(of partition: PoolPartition, _ log: Logger) {
    let next = Dictionary(
      partition.pools.compactMap { pool in pool.excess.map { (pool.name, $0) } },
      uniquingKeysWith: { first, _ in first })
    for (name, excess) in next where excesses[name] != excess {
      log.error(
        "the pool's device list is cut",
        metadata: ["resource": "\(name)", "path": "\(excess.path)", "err": "\(excess.reason)"])
    }
    excesses = next
  }

  /// `held` is nil when it is unknown which devices pods have; unknown devices do not count as free.
  mutating func knowledge(of held: [HeldUnit]?, _ kubelet: KubeletDirectory, _ log: Logger) {
    if held == nil, !isUncertain {
      log.warning(
        "it is not known which devices pods have: mount kubelet's pod-resources directory",
        metadata: ["podResources": "\(kubelet.podResourcesSocket)", "checkpoint": "\(kubelet.checkpoint)"])
    }
    if held != nil, isUncertain { log.info("kubelet reports again which devices pods have") }
    isUncertain = held == nil
  }
}
