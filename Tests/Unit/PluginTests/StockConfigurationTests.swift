import Agent
import Foundation
import ResourcePools
import TestSupport
import Testing

/// Tests/Fixtures/Configurations: what the four plugins deploy and what their manuals show, key for key.
@Suite("Configurations that are there already") struct StockConfigurationTests {
  struct Stock: Sendable, CustomTestStringConvertible {
    let file: String
    /// Full names, pools of `configList` last.
    var pools: [String] = []
    /// `severity path`, in the order in which they are said.
    var problems: [String] = []
    var testDescription: String { file }
  }

  private static let sriov = [
    "intel.com/intel_sriov_netdevice", "intel.com/intel_sriov_dpdk", "mellanox.com/mlnx_sriov_rdma",
    "intel.com/infiniband_rdma_netdevs", "intel.com/ct6dx_vdpa_vhost", "intel.com/intel_fpga", "nvidia.com/bf2_sf",
    "intel.com/intel_sriov_netdevice_additional_env", "broadcom.com/brcm_sriov_bnxt",
    "intel.com/old_selectors_syntax_example",
  ]

  static let all: [Stock] = [
    // No function is bound to mlx5_ib. Two pools repeat the first one's selectors, and get nothing there as here.
    Stock(
      file: "sriov-sample.json", pools: sriov,
      problems: [
        "warning resourceList[2].selectors[0]", "warning resourceList[2].selectors[0].drivers[0]",
        "warning resourceList[7].selectors[0]", "warning resourceList[9].selectors",
      ]),
    // Its manual prints a comma too many; no plugin takes that.
    Stock(file: "sriov-sample-as-printed.json", problems: ["error "]),
    Stock(
      file: "sriov-configmap.yaml",
      pools: ["intel_sriov_netdevice", "intel_sriov_dpdk", "mlnx_sriov_rdma", "brcm_sriov_bnxt"].map {
        "intel.com/\($0)"
      },
      problems: ["warning resourceList[2].selectors", "warning resourceList[2].selectors.drivers[0]"]),
    Stock(file: "sriov-operator.json", pools: ["intel.com/sriovnic", "intel.com/rdma_nic"]),
    Stock(file: "npu-configmap.yaml", pools: ["rebellions.ai/ATOM"]),
    Stock(file: "npu-later-configmap.yaml", pools: ["rebellions.ai/ATOM", "rebellions.ai/ATOM_PT"]),
    Stock(
      file: "rdma-shared-configmap.yaml", pools: ["rdma/hca_shared_devices_a", "rdma/hca_shared_devices_b"],
      problems: ["warning configList[0].devices"]),
    // kubelet refuses the underscore in its prefix when the pool registers.
    Stock(
      file: "rdma-shared-sample.json", pools: ["example_prefix/hca_shared_devices_a", "rdma/hca_shared_devices_b"],
      problems: ["warning configList[0].resourcePrefix", "warning configList[0].devices"]),
    Stock(file: "ub.json", pools: ["unifiedbus.com/ub_net_device"]),
  ]

  private static let folder = Repository.root.appending(path: "Tests/Fixtures/Configurations").path

  @Test(arguments: all) func loadsOrIsRefusedByName(_ stock: Stock) throws {
    let defaults = ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: false, node: .any)
    let checked = CheckedConfiguration.all(in: ["\(Self.folder)/\(stock.file)"], defaults: defaults)
    #expect(checked.count == 1)
    let found = try #require(checked.first)
    #expect(found.problems.map { "\($0.severity.rawValue) \($0.path)" } == stock.problems, "\(found.problems)")
    #expect(((found.config?.pools ?? []) + (found.config?.sharedPools ?? [])).map { "\($0.name)" } == stock.pools)
    #expect(found.problems.allSatisfy { $0.line != nil })
  }

  @Test func everyFileIsLookedAt() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
    #expect(Set(files) == Set(Self.all.map(\.file)))
  }

  /// All that are configurations by themselves, in one daemon: both kinds, and each name once.
  @Test func severalFilesOfBothKindsAreOneConfiguration() throws {
    let files = ["sriov-sample.json", "rdma-shared-sample.json", "ub.json"].map { "\(Self.folder)/\($0)" }
    let defaults = ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: false, node: .any)
    let checked = try #require(CheckedConfiguration.all(in: files, .together, defaults: defaults).first)
    let config = try #require(checked.config, "\(checked.problems)")
    #expect(config.pools.count == 11)
    #expect(config.sharedPools.count == 2)
    #expect(config.periodicUpdateInterval == 300)
  }
}
