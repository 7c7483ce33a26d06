import JSONText
import ResourcePools
import Testing

@Suite("Keys beyond the incumbent's")
struct ConfigOptionTests {
  @Test func defaults() throws {
    let pool = try #require(Decoded(selectors: "{}").config?.pools.first)
    #expect(pool.preferredAllocation == .none)
    #expect(pool.replicas == 1)
    #expect(pool.healthChecks == Set(HealthCheck.allCases))
    #expect(!pool.excludeDefaultRoute && !pool.allowCrossNuma && !pool.resetOnAllocate && !pool.rsdGroups)
    #expect(pool.nodeNames.isEmpty)
    #expect(pool.additionalInfo == nil && pool.networkNamespace == nil && pool.ubsEngine == nil && pool.shared == nil)
    #expect(pool.file == "config.json")
    #expect(pool.position == JSONPosition(line: 1, column: 18))
  }

  /// As the vendor's plugin, whose configurations have no key for it.
  @Test(
    arguments: [
      (#"{"vendors":["1eff"],"drivers":["rebellions"]}"#, "", Preference.topology),
      (#"[{"vendors":["1eff"]},{"vendors":["1eff","8086"]}]"#, "", .none), (#"{"drivers":["rebellions"]}"#, "", .none),
      (#"{"vendors":["1eff"]}"#, #","preferredAllocation":"none""#, .none),
      (#"{"vendors":["1eff"]}"#, #","preferredAllocation":"packed""#, .packed),
    ])
  func poolsOfNPUsAloneHaveAPreference(selectors: String, more: String, preference: Preference) throws {
    let text = #""resourceName":"ATOM","deviceType":"accelerator","selectors":\#(selectors)\#(more)"#
    let pool = try #require(Decoded(pool: text).config?.pools.first)
    #expect(pool.preferredAllocation == preference)
    #expect(pool.preferenceIsImplied == (preference == .topology))
  }

  @Test func everyKeyArrives() throws {
    let decoded = Decoded(
      pool: #"""
        "resourceName":"a","selectors":{},"preferredAllocation":"spread","healthChecks":["link"],
        "excludeDefaultRoute":true,"nodeNames":["w-*"],"resetOnAllocate":true,"excludeTopology":true
        """#)
    #expect(decoded.problems.isEmpty)
    let pool = try #require(decoded.config?.pools.first)
    #expect(pool.preferredAllocation == .spread)
    #expect(pool.healthChecks == [.link])
    #expect(pool.excludeDefaultRoute && pool.resetOnAllocate && pool.excludeTopology)
    #expect(pool.nodeNames == ["w-*"])
    let npu = Decoded(
      pool: #"""
        "resourceName":"ATOM","resourcePrefix":"rebellions.ai","deviceType":"accelerator",
        "selectors":{"vendors":["1eff"],"drivers":["rebellions"]},"allowCrossNuma":true,"rsdGroups":true,
        "preferredAllocation":"topology","healthChecks":[]
        """#)
    #expect(npu.problems.isEmpty)
    #expect(npu.config?.pools.first?.allowCrossNuma == true && npu.config?.pools.first?.rsdGroups == true)
    #expect(npu.config?.pools.first?.healthChecks.isEmpty == true)
  }

  @Test func ubPoolsNeedNothing() throws {
    let decoded = Decoded(pool: #""deviceType":"ubNetDevice""#)
    #expect(decoded.problems.isEmpty)
    let pool = try #require(decoded.config?.pools.first)
    #expect(pool.name.description == "unifiedbus.com/ub_net_device")
    #expect(pool.selectors.count == 1)
    #expect(pool.networkNamespace == PoolConfig.NetworkNamespaceOptions())
    #expect(pool.ubsEngine == nil)
  }

  @Test func ubPoolsWithEverything() throws {
    let decoded = Decoded(
      pool: #"""
        "deviceType":"ubNetDevice","resourceName":"u","resourcePrefix":"x.io","selectors":[{"names":["urma_*"]}],
        "netns":{"containerRuntimeEndpoint":"unix:///run/crio/crio.sock","reconcileSeconds":0},
        "ubse":{"socket":"/run/u.sock","dialect":"C","pollSeconds":3}
        """#)
    #expect(decoded.problems.isEmpty)
    let pool = try #require(decoded.config?.pools.first)
    #expect(pool.name.description == "x.io/u")
    #expect(pool.networkNamespace?.containerRuntimeEndpoint == "/run/crio/crio.sock")
    #expect(pool.networkNamespace?.reconcileSeconds == 0)
    var engine = PoolConfig.UBSEngineOptions(socket: "/run/u.sock", dialect: .C)
    engine.pollSeconds = 3
    #expect(pool.ubsEngine == engine)
    let bare = Decoded(pool: #""deviceType":"ubNetDevice","ubse":{}"#)
    #expect(bare.config?.pools.first?.ubsEngine == .init(socket: "/var/run/ubse/ubse.sock", dialect: .auto))
  }

  /// There is one way into a pod's namespace, so there is no key for it.
  @Test func theWayIntoANamespaceIsNoKey() {
    let decoded = Decoded(pool: #""deviceType":"ubNetDevice","netns":{"method":"move"}"#)
    #expect(decoded.problems.map(\.severity) == [.warning])
    #expect(decoded.problems.first?.description.contains("method") == true, "\(decoded.problems)")
  }

  @Test func socketPathsAreAbsolute() {
    for socket in ["run/x.sock", "tcp://1.2.3.4:1", "/" + String(repeating: "x", count: 107), #"/a\u0000b"#] {
      let decoded = Decoded(pool: #""deviceType":"ubNetDevice","ubse":{"socket":"\#(socket)"}"#)
      #expect(decoded.wrong == ["resourceList[0].ubse.socket"])
    }
  }

  @Test func keysOfOtherTypesHaveNoEffect() {
    let decoded = Decoded(
      pool: #""resourceName":"a","selectors":{"auxTypes":["sf"],"names":["x"]},"netns":{},"allowCrossNuma":true"#)
    #expect(decoded.config?.pools.count == 1)
    #expect(
      decoded.warnings == [
        "resourceList[0].selectors.auxTypes: unknown key, without effect on netDevice pools: it is for auxNetDevice",
        "resourceList[0].selectors.names: unknown key, without effect on netDevice pools: it is for ubNetDevice",
        "resourceList[0].netns: without effect on netDevice pools: it is for ubNetDevice",
        "resourceList[0].allowCrossNuma: without effect on netDevice pools: it is for accelerator",
      ])
  }

  /// Documented for accelerators by the incumbent, which ignores it.
  @Test func acpiIndexesOnAccelerators() {
    let decoded = Decoded(selectors: #"{"acpiIndexes":["77"]}"#, type: "accelerator")
    #expect(decoded.config?.pools.first?.selectors.first?.pipeline.stages.map(\.key) == ["acpiIndexes"])
    #expect(decoded.warnings == [])
  }

  @Test func replicas() {
    func replicas(_ rest: String, type: String = "netDevice") -> Decoded {
      Decoded(pool: #""resourceName":"a","deviceType":"\#(type)","selectors":{},"replicas":3\#(rest)"#)
    }
    #expect(replicas("").config?.pools.first?.replicas == 3)
    #expect(replicas("").warnings.first?.contains("SR-IOV CNI") == true)
    #expect(replicas("", type: "accelerator").problems.isEmpty)
    #expect(replicas(#","resetOnAllocate":true"#).wrong == ["resourceList[0].replicas"])
    #expect(replicas("", type: "ubNetDevice").wrong == ["resourceList[0].replicas"])
  }

  @Test func additionalInfoIsNeverShown() {
    let secret = "s3cr3t"
    for info in [
      #"{"*":{"token":["\#(secret)"]}}"#, #"{"*":"\#(secret)"}"#, #""\#(secret)""#, #"["\#(secret)"]"#,
      #"{"*":{"token":{"\#(secret)":1}}}"#,
    ] {
      let decoded = Decoded(pool: #""resourceName":"a","selectors":{},"additionalInfo":\#(info)"#)
      #expect(decoded.config == nil)
      #expect(!decoded.problems.contains { $0.description.contains(secret) })
      #expect(decoded.wrong.allSatisfy { $0.hasPrefix("resourceList[0].additionalInfo") })
    }
  }

  @Test func additionalInfoOfNoDevice() {
    let decoded = Decoded(
      pool: #""resourceName":"a","selectors":{},"additionalInfo":{"3b:01.1":{"a":"b"},"0000:3b:01.1":{}}"#)
    #expect(decoded.config?.pools.count == 1)
    #expect(
      decoded.warnings == [
        "resourceList[0].additionalInfo[\"3b:01.1\"]: matches no device: expected '*' or an address such as 0000:3b:02.0"
      ])
  }
}
