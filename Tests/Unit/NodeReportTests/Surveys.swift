import HostInventory
import KubeletAPI
import NodeReport
import ResourcePools
import TestSupport

/// A recorded machine with a configuration applied, as `inventory` sees it.
enum Surveys {
  static let pools = """
    {"resourceList": [
      {"resourceName": "net", "selectors": {"drivers": ["iavf"], "pfNames": ["ens1f0"]}},
      {"resourceName": "dpdk", "replicas": 2, "selectors": {"drivers": ["vfio-pci"]}}]}
    """

  static func survey(
    _ machine: String = "intel-e810-x710", config: String? = pools, pods: [PodResources]? = [],
    claims: [ClaimedUnit] = [], health: @escaping (Device, PoolConfig) -> Unit.Health = { _, _ in .healthy },
    problems: [InventoryProblem] = []
  ) throws -> NodeSurvey {
    let (inventory, _) = try MachineTree(named: machine).read()
    return try survey(
      inventory, title: machine, config: config, pods: pods, claims: claims, health: health, problems: problems)
  }

  static func survey(
    _ inventory: Inventory, title: String, config: String? = pools, pods: [PodResources]? = [],
    claims: [ClaimedUnit] = [], health: @escaping (Device, PoolConfig) -> Unit.Health = { _, _ in .healthy },
    problems: [InventoryProblem] = []
  ) throws -> NodeSurvey {
    var plan = PluginConfig()
    if let config {
      let (decoded, found) = PluginConfig.decode(
        Array(config.utf8), file: "config.json",
        defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: true, node: .any))
      guard let decoded else { throw Unusable(problems: found) }
      plan = decoded
    }
    let partition = PoolPartition(inventory: inventory, pools: plan.pools + plan.sharedPools, health: health)
    return NodeSurvey(
      title: title, inventory: inventory, partition: partition, problems: problems, pods: pods, claims: claims)
  }

  struct Unusable: Error {
    let problems: [ConfigProblem]
  }

  static func pod(_ name: String, _ resource: String, _ ids: [String]) -> PodResources {
    PodResources(
      name: name, namespace: "default",
      containers: [.init(name: "app", devices: [.init(resourceName: resource, ids: ids)])])
  }
}
