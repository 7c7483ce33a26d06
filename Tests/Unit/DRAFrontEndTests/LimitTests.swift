import DRAFrontEnd
import ResourcePools
import Testing

@Suite("Limits of DRA") struct LimitTests {
  @Test func namesThatBecomeOne() throws {
    let pools = try Pools.configs(
      """
      {"resourceList":[
        {"resourceName":"sriov_net","serve":"dra","selectors":{"drivers":["a"]}},
        {"resourceName":"sriov-net","serve":"dra","selectors":{"drivers":["b"]}},
        {"resourceName":"SRIOV_NET","selectors":{"drivers":["c"]}}]}
      """)
    let problems = DRALimits.problems(of: pools)
    #expect(problems.map(\.path.description) == ["resourceList[1].resourceName"])
    #expect(problems.first?.reason.contains("rename one of them") == true)
  }

  @Test func aNameThatIsTooLongForAnAttribute() throws {
    let name = String(repeating: "n", count: 55)
    for (serve, count) in [("dra", 1), ("devicePlugin", 0)] {
      let pools = try Pools.configs(
        #"{"resourceList":[{"resourceName":"\#(name)","serve":"\#(serve)","selectors":{}}]}"#)
      #expect(DRALimits.problems(of: pools).count == count)
    }
  }

  @Test func unifiedBusPoolsStayDevicePlugins() {
    let (config, problems) = PluginConfig.decode(
      Array(#"{"resourceList":[{"resourceName":"ub_net_device","deviceType":"ubNetDevice","serve":"dra"}]}"#.utf8),
      file: "config.json", defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: true, node: .any))
    #expect(config == nil)
    #expect(problems.map(\.path.description) == ["resourceList[0].serve"])
  }
}
