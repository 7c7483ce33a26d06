import HostInventory
import ResourcePools
import TestSupport
import Testing

@testable import Agent

@Suite("Health that the node decides") struct NodeHealthTests {
  private let config = """
    {"resourceList": [{"resourceName": "own", "selectors": {"isRdma": true}}],
     "configList": [{"resourceName": "hca", "rdmaHcaMax": 2, "selectors": {"vendors": ["15b3"]}}]}
    """

  private func units(_ mode: KernelFacts.RDMANamespaceMode?) throws -> [ResourceName: Set<Unit.Health>] {
    let tree = try MachineTree(named: "h1")
    var kernel = tree.kernel
    kernel.rdmaNamespaceMode = mode
    let view = HostSnapshot(
      root: tree.root, kernel: kernel, inventory: Inventory.read(from: tree.root, kernel: kernel).0)
    var health = NodeHealth()
    health.observe(view, at: 0)
    let (config, problems) = PluginConfig.decode(
      Array(config.utf8), file: "c",
      defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: true, node: .any))
    let plan = try #require(config, "\(problems)")
    let partition = PoolPartition(
      inventory: view.inventory, pools: plan.pools + plan.sharedPools, health: { health.health(of: $0, in: $1) })
    return Dictionary(uniqueKeysWithValues: partition.pools.map { ($0.name, Set($0.units.map(\.health))) })
  }

  /// The original ended the process. A pool of a container's own devices is what that mode is for.
  @Test func sharedPoolsNeedTheSharedNamespaceMode() throws {
    let units = try units(.exclusive)
    #expect(units[ResourceName(prefix: "intel.com", name: "own")] == [.healthy])
    let shared = try #require(units[ResourceName(prefix: "rdma", name: "hca")]?.first)
    guard case .unhealthy(let reason) = shared else {
      Issue.record("\(shared)")
      return
    }
    #expect(reason.contains("exclusive") && reason.contains("rdma system set netns shared"))
  }

  /// A kernel that can't say, or has no RDMA at all: not fatal.
  @Test(arguments: [nil, .shared] as [KernelFacts.RDMANamespaceMode?])
  func otherwiseAllIsWell(_ mode: KernelFacts.RDMANamespaceMode?) throws {
    #expect(try units(mode).values.allSatisfy { $0 == [.healthy] })
  }
}
