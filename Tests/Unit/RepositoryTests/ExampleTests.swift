import Agent
import Foundation
import HostInventory
import JSONText
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
    "demo/dra": "intel-e810-x710",
    "ddp-profiles": "intel-e810-x710", "host-nics": "vmd-x710", "functions-by-number": "intel-e810-x710",
    "without-topology": "intel-e810-x710", "some-nodes": "intel-e810-x710", "npu-groups": "rebellions-ca25-cards",
    "npu-passthrough": "rebellions-atom", "rdma-shared-by-name": "connectx6-switchdev-infiniband",
    "ub-engine": "kunpeng-ub", "ub-plain-devices": "kunpeng-ub",
    "dra": "connectx6-switchdev-infiniband",
    "iommufd": "intel-e810-x710",
  ]

  private static var files: [String] {
    let directory = Repository.root.appendingPathComponent("config-examples").path
    return ((try? FileManager.default.subpathsOfDirectory(atPath: directory)) ?? [])
      .filter { $0.hasSuffix(".json") && !$0.hasSuffix(".schema.json") }.map { String($0.dropLast(5)) }.sorted()
  }

  @Test func everyExampleHasAMachine() {
    #expect(Set(Self.files) == Set(Self.machines.keys))
  }

  /// `devicepool validate config-examples/*.json`: nothing else is beside them, and alternatives of one name are no mistake.
  @Test func allOfThemAreValidAtOnce() throws {
    let directory = Repository.root.appendingPathComponent("config-examples").path
    let files = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".json") }.sorted()
      .map { "config-examples/\($0)" }
    let (code, output) = try Program.run(["validate", "-strict-config"] + files)
    #expect(code == 0)
    let lines = output.split(separator: "\n")
    #expect(lines.count == files.count, "\(output)")
    for (line, file) in zip(lines, files) { #expect(line.hasPrefix("\(file): ") && line.hasSuffix(", 0 warnings")) }
  }

  @Test(arguments: machines.keys.sorted())
  func findsDevices(_ example: String) throws {
    let (config, problems) = PluginConfig.decode(
      Array(try text(example).utf8), file: example,
      defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: true, node: .named("worker-1")))
    #expect(problems.isEmpty, "\(problems)")
    let plan = try #require(config)
    let (inventory, _) = try MachineTree(named: try #require(Self.machines[example])).read()
    let partition = PoolPartition(inventory: inventory, pools: plan.pools + plan.sharedPools)
    #expect(!partition.pools.isEmpty)
    for pool in partition.pools { #expect(!pool.units.isEmpty, "\(pool.name) is empty") }
  }

  /// A key that no example shows is one that nobody finds. The old form of `ifNames` is nothing to follow; selectors are
  /// in golden cases.
  @Test(arguments: ConfigReference.scopes.filter { ![.selectors, .sharedSelectors].contains($0) })
  func everyKeyIsInAnExample(_ scope: ConfigKey.Scope) throws {
    var shown: Set<String> = []
    for file in Self.files {
      shown.formUnion(Self.keys(of: scope, in: try JSONNode.parse(Array(try text(file).utf8))))
    }
    let wanted = ConfigReference.keys(of: scope).filter { $0.type != .ignored }.map(\.name)
    let old: Set<String> = scope == .sharedPool ? ["devices"] : []
    #expect(Set(wanted).subtracting(shown).subtracting(old).isEmpty)
  }

  private func text(_ example: String) throws -> String { try Repository.text("config-examples/\(example).json") }

  private static func keys(of scope: ConfigKey.Scope, in file: JSONNode) -> [String] {
    let claimed = file["resourceList"]?.array ?? []
    let shared = file["configList"]?.array ?? []
    let objects: [JSONNode] =
      switch scope {
      case .file: [file]
      case .resourcePool: claimed
      case .option(let key): claimed.compactMap { $0[key] }
      case .sharedPool: shared
      case .selectors, .sharedSelectors: []
      }
    return objects.flatMap { $0.members ?? [] }.map(\.key)
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
}
