import ResourcePools
import Testing

@Suite("Pools of configList")
struct SharedPoolConfigTests {
  private func decode(_ pool: String, rest: String = "") -> Decoded { Decoded("{\"configList\":[{\(pool)}]\(rest)}") }

  /// The ConfigMap that the RDMA shared device plugin deploys.
  @Test func deployedConfiguration() throws {
    let decoded = Decoded(
      #"""
      {
        "periodicUpdateInterval": 300,
        "configList": [
          {"resourceName": "hca_shared_devices_a", "rdmaHcaMax": 1000, "devices": ["ib0", "ib1"]},
          {"resourceName": "hca_shared_devices_b", "rdmaHcaMax": 500,
           "selectors": {"vendors": ["15b3"], "deviceIDs": ["1017"], "ifNames": ["ib3", "ib4"]}}
        ]
      }
      """#)
    let config = try #require(decoded.config)
    #expect(config.periodicUpdateInterval == 300)
    #expect(config.pools.isEmpty)
    #expect(config.sharedPools.map(\.name.description) == ["rdma/hca_shared_devices_a", "rdma/hca_shared_devices_b"])
    #expect(config.sharedPools.map(\.shared?.rdmaHcaMax) == [1000, 500])
    let stages = config.sharedPools.map { $0.selectors[0].pipeline.stages }
    #expect(stages[0].map(\.key) == ["ifNames"])
    #expect(stages[0].first?.wanted == ["ib0", "ib1"])
    #expect(stages[1].map(\.key) == ["vendors", "deviceIDs", "ifNames"])
    #expect(decoded.warnings == ["configList[0].devices: an old form: selectors.ifNames says the same"])
  }

  @Test func defaults() throws {
    let decoded = decode(#""resourceName":"a","selectors":{"linkTypes":["infiniband"]}"#)
    let config = try #require(decoded.config)
    #expect(config.periodicUpdateInterval == 60)
    #expect(config.sharedPools.first?.shared == .init(rdmaHcaMax: 0, setLinkUp: false))
    #expect(decoded.warnings.first?.hasPrefix("configList[0].rdmaHcaMax: 0") == true)
  }

  @Test(
    arguments: [
      (#""resourceName":"a","rdmaHcaMax":1"#, "configList[0].selectors"),
      (#""resourceName":"a","rdmaHcaMax":1,"selectors":{}"#, "configList[0].selectors"),
      (#""resourceName":"a","rdmaHcaMax":1,"selectors":{"vendors":[]},"devices":[]"#, "configList[0].selectors"),
      (#""resourceName":"a","rdmaHcaMax":1,"selectors":[{"vendors":["15b3"]}]"#, "configList[0].selectors"),
      (#""resourceName":"a","rdmaHcaMax":1,"selectors":{"vendors":["15b3"]},"devices":["x"]"#, "configList[0].devices"),
      (#""resourceName":"a-b","rdmaHcaMax":1,"devices":["x"]"#, "configList[0].resourceName"),
      (#""resourceName":"a.b","rdmaHcaMax":1,"devices":["x"]"#, "configList[0].resourceName"),
      (#""rdmaHcaMax":1,"devices":["x"]"#, "configList[0].resourceName"),
      (#""resourceName":"a","rdmaHcaMax":-1,"devices":["x"]"#, "configList[0].rdmaHcaMax"),
    ])
  func refused(pool: String, path: String) {
    #expect(decode(pool).wrong == [path])
  }

  @Test func intervals() {
    let pool = #""resourceName":"a","rdmaHcaMax":1,"selectors":{"ifNames":["x"]}"#
    #expect(decode(pool, rest: #","periodicUpdateInterval":null"#).config?.periodicUpdateInterval == 60)
    let never = decode(pool, rest: #","periodicUpdateInterval":0"#)
    #expect(never.config?.periodicUpdateInterval == 0)
    #expect(never.warnings.count == 1)
    #expect(decode(pool, rest: #","periodicUpdateInterval":-1"#).wrong == ["periodicUpdateInterval"])
    #expect(Decoded(#"{"configList":[]}"#).config?.sharedPools.isEmpty == true)
  }

  /// The plugin wants names unique over the whole list; its README, and this one, below one prefix.
  @Test func namesAreUniqueBelowAPrefix() {
    func two(_ prefix: String) -> Decoded {
      Decoded(
        #"""
        {"configList":[{"resourceName":"a","rdmaHcaMax":1,"selectors":{"ifNames":["x"]}},
        {"resourceName":"a","resourcePrefix":"\#(prefix)","rdmaHcaMax":1,"selectors":{"ifNames":["x"]}}]}
        """#)
    }
    #expect(two("other.io").problems.isEmpty)
    #expect(two("rdma").wrong == ["configList[1].resourceName"])
  }

  /// The README's sample prefix, which kubelet refuses.
  @Test func samplePrefix() {
    let decoded = decode(
      #""resourceName":"a","resourcePrefix":"example_prefix","rdmaHcaMax":1,"selectors":{"ifNames":["x"]}"#)
    #expect(decoded.config?.sharedPools.count == 1)
    #expect(decoded.warnings.first?.contains("kubelet will refuse") == true)
  }

  @Test func bothKindsInOneFile() {
    let decoded = Decoded(
      #"""
      {"resourceList":[{"resourceName":"a","resourcePrefix":"rdma","selectors":{}}],
      "configList":[{"resourceName":"a","rdmaHcaMax":1,"selectors":{"ifNames":["x"]}}]}
      """#)
    #expect(decoded.wrong == ["configList[0].resourceName"])
  }
}
