import Testing

@testable import ResourcePools

/// The pools of one run, as the next one reads them.
@Suite struct RememberedPoolsTests {
  private func decoded(_ text: String, prefix: String = "intel.com", node: ConfigDefaults.Node = .any) throws
    -> PluginConfig
  {
    let defaults = ConfigDefaults(resourcePrefix: prefix, strictUnknownKeys: true, node: node)
    return try #require(PluginConfig.decode(Array(text.utf8), file: "c", defaults: defaults).0)
  }

  private func read(_ text: String) -> (pools: [PoolConfig], errors: [ConfigProblem]) {
    RememberedPools.read(ConfigFile(name: "r", bytes: Array(text.utf8)), socketDirectories: [])
  }

  @Test func poolsAreTheSame() throws {
    let config = try decoded(
      #"""
      {"resourceList": [
        {"resourceName": "dpdk", "vfio": "both", "selectors": {"drivers": ["vfio-pci"], "pfNames": ["p#0-3"]},
         "additionalInfo": {"*": {"token": "a\"b"}}},
        {"ResourceName": "cards", "resourcePrefix": "example.com", "deviceType": "accelerator", "selectors": {}},
        {"deviceType": "ubNetDevice", "netns": {"reconcileSeconds": 3}, "ubse": {"dialect": "B"}}],
       "configList": [{"resourceName": "hca", "rdmaHcaMax": 4, "selectors": {"vendors": ["15b3"]}}]}
      """#)
    let pools = config.pools + config.sharedPools
    let (again, errors) = read(RememberedPools(pools).text)
    #expect(errors.isEmpty)
    let names = ["intel.com/dpdk", "example.com/cards", "unifiedbus.com/ub_net_device", "rdma/hca"]
    #expect(again.map { "\($0.name)" } == names)
    #expect(again.map(\.summary) == pools.map(\.summary))
    #expect(RememberedPools(again) == RememberedPools(pools), "what is read is written again")
  }

  /// A pool for other nodes may be one that this node had.
  @Test func theNodeDoesNotMatter() throws {
    let config = try decoded(
      #"{"resourceList":[{"resourceName":"a","selectors":{},"nodeNames":["x*"]}]}"#, node: .named("y"))
    #expect(read(RememberedPools(config.poolsElsewhere).text).pools.map(\.name.name) == ["a"])
  }

  @Test(arguments: ["", "{", #"{"resourceList":[{"resourceName":"a","resourcePrefix":"b.c","deviceType":"new"}]}"#])
  func whatCannotBeRead(_ text: String) {
    let (pools, errors) = read(text)
    #expect(pools.isEmpty && !errors.isEmpty)
  }

  @Test func noPools() throws {
    #expect(RememberedPools([]).isEmpty)
    #expect(read(RememberedPools([]).text).pools.isEmpty)
  }
}
