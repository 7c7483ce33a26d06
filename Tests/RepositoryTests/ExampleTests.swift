import DevicePlugin
import Foundation
import HostInventory
import ResourcePools
import TestSupport
import Testing

/// Every file in config-examples is used on a recorded machine, so that none can rot.
@Suite("Examples") struct ExampleTests {
  private static let machines = [
    "netdevice": "intel-e810-x710", "dpdk": "intel-e810-x710", "uio": "intel-e810-x710",
    "accelerator": "intel-e810-x710", "placement": "intel-e810-x710", "replicas": "intel-e810-x710",
    "subfunctions": "connectx6-switchdev-infiniband", "rdma": "connectx6-switchdev-infiniband",
    "infiniband-pkeys": "connectx6-switchdev-infiniband", "rdma-shared": "connectx6-switchdev-infiniband",
    "vdpa": "igb-guest", "npu": "rebellions-atom", "ub": "kunpeng-ub", "demo/config": "intel-e810-x710",
  ]

  private static var files: [String] {
    let directory = Repository.root.appendingPathComponent("config-examples").path
    return ((try? FileManager.default.subpathsOfDirectory(atPath: directory)) ?? [])
      .filter { $0.hasSuffix(".json") && !$0.hasSuffix(".schema.json") }.map { String($0.dropLast(5)) }.sorted()
  }

  @Test func everyExampleHasAMachine() {
    #expect(Set(Self.files) == Set(Self.machines.keys))
  }

  @Test(arguments: machines.keys.sorted())
  func findsDevices(_ example: String) throws {
    let (config, problems) = try decode("config-examples/\(example).json")
    #expect(problems.isEmpty, "\(problems)")
    let plan = try #require(config)
    let (inventory, _) = try MachineTree(named: try #require(Self.machines[example])).read()
    let partition = PoolPartition(inventory: inventory, pools: plan.pools + plan.sharedPools)
    #expect(!partition.pools.isEmpty)
    for pool in partition.pools { #expect(!pool.units.isEmpty, "\(pool.name) is empty") }
  }

  /// ConfigMaps and arguments of the manifests.
  @Test func manifestsUseFlagsThatExist() throws {
    let directory = Repository.root.appendingPathComponent("deployments").path
    let manifests = try FileManager.default.subpathsOfDirectory(atPath: directory).filter { $0.hasSuffix(".yaml") }
    #expect(!manifests.isEmpty)
    for manifest in manifests {
      let words = try Repository.text("deployments/\(manifest)").matches(
        of: #/^\s*- "?--?([a-z][a-z_-]+)[="\s]/#.anchorsMatchLineEndings())
      for word in words { #expect(Options.flags.contains(String(word.output.1)), "\(manifest): \(word.output.1)") }
    }
  }

  private func decode(_ path: String) throws -> (PluginConfig?, [ConfigProblem]) {
    PluginConfig.decode(
      Array(try Repository.text(path).utf8), file: path,
      defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: true, node: .any))
  }
}
