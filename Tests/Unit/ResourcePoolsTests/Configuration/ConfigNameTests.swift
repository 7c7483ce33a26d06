import ResourcePools
import Testing

@Suite("Resource names, prefixes and nodes")
struct ConfigNameTests {
  @Test(
    arguments: [
      "example_prefix", "Intel.com", "-a.io", "a..b", "a.io.", "kubernetes.io", "node.kubernetes.io", "requests.a",
      "a~b", "ä.io", String(repeating: "a.", count: 1) + "_",
    ])
  func prefixesThatKubeletRefuses(prefix: String) {
    let decoded = Decoded(pool: #""resourceName":"a","resourcePrefix":"\#(prefix)","selectors":{}"#)
    #expect(decoded.config?.pools.first?.name.prefix == prefix)
    #expect(decoded.warnings.count == 1)
    #expect(decoded.warnings.first?.hasPrefix("resourceList[0].resourcePrefix: kubelet will refuse") == true)
  }

  @Test(arguments: ["intel.com", "a", "x-y.z9", "notkubernetes.io", "1.io"])
  func prefixesThatPass(prefix: String) {
    #expect(Decoded(pool: #""resourceName":"a","resourcePrefix":"\#(prefix)","selectors":{}"#).problems.isEmpty)
  }

  @Test(arguments: ["_a", "a_", "-a", "a-"])
  func namesThatKubeletRefuses(name: String) {
    let decoded = Decoded(pool: #""resourceName":"\#(name)","selectors":{}"#)
    #expect(decoded.config?.pools.count == 1)
    #expect(decoded.warnings.first?.hasPrefix("resourceList[0].resourceName: kubelet will refuse") == true)
  }

  /// 107 bytes with both directories: 73 in the longer one.
  @Test func lengthOfSockets() {
    func pool(_ length: Int) -> Decoded {
      Decoded(pool: #""resourceName":"\#(String(repeating: "x", count: length))","selectors":{}"#)
    }
    #expect(pool(58).problems.isEmpty)
    #expect(pool(59).wrong == ["resourceList[0].resourceName"])
    var direct = ConfigDefaults.forTests
    direct.socketDirectories = ["/var/lib/kubelet/device-plugins"]
    let name = String(repeating: "x", count: 60)
    #expect(Decoded(pool: #""resourceName":"\#(name)","selectors":{}"#, defaults: direct).problems.isEmpty)
    direct.socketDirectories = ["/d"]
    let long = Decoded(pool: #""resourceName":"\#(name)xxxx","selectors":{}"#, defaults: direct)
    #expect(long.warnings.first?.contains("64 characters") == true)
  }

  @Test func prefixOfTheCommandLine() {
    var defaults = ConfigDefaults.forTests
    defaults.resourcePrefix = "a/b"
    let decoded = Decoded(pool: #""resourceName":"a","selectors":{}"#, defaults: defaults)
    #expect(decoded.wrong == ["resourceList[0].resourcePrefix"])
    #expect(decoded.errors.first?.contains("-resource-prefix") == true)
    defaults.resourcePrefix = ""
    #expect(Decoded(pool: #""resourceName":"a","selectors":{}"#, defaults: defaults).config == nil)
    let own = Decoded(pool: #""resourceName":"a","resourcePrefix":"x.io","selectors":{}"#, defaults: defaults)
    #expect(own.config?.pools.first?.name.description == "x.io/a")
    defaults.resourcePrefix = "y.io"
    let empty = Decoded(pool: #""resourceName":"a","resourcePrefix":"","selectors":{}"#, defaults: defaults)
    #expect(empty.config?.pools.first?.name.description == "y.io/a")
  }

  @Test func namesThatShareAVariable() {
    let decoded = Decoded(
      #"{"resourceList":[{"resourceName":"a","selectors":{"isRdma":true}},{"resourceName":"A","selectors":{}}]}"#)
    #expect(decoded.config?.pools.count == 2)
    #expect(decoded.warnings.count == 1)
    #expect(decoded.warnings.first?.contains("PCIDEVICE_INTEL_COM_A") == true)
  }

  private static let twoNodes = #"""
    {"resourceList":[{"resourceName":"a","nodeNames":["rack1-*"],"selectors":{"vendors":["8086"]}},
    {"resourceName":"a","nodeNames":["rack2-*"],"selectors":{"vendors":["15b3"]}},
    {"resourceName":"b","selectors":{}}]}
    """#

  @Test func poolsOfOtherNodesAreLeftOut() {
    var defaults = ConfigDefaults.forTests
    defaults.node = .named("rack2-7")
    let decoded = Decoded(Self.twoNodes, defaults: defaults)
    #expect(decoded.problems.isEmpty)
    #expect(decoded.config?.pools.map(\.path.description) == ["resourceList[1]", "resourceList[2]"])
    #expect(decoded.config?.poolsElsewhere.map(\.path.description) == ["resourceList[0]"])
  }

  @Test func aNodeWithoutNameCannotTell() {
    var defaults = ConfigDefaults.forTests
    defaults.node = .unnamed
    let decoded = Decoded(Self.twoNodes, defaults: defaults)
    #expect(decoded.wrong == ["resourceList[0].nodeNames", "resourceList[1].nodeNames"])
    #expect(decoded.errors.first?.contains("NODE_NAME") == true)
  }

  @Test func namesMayRepeatOnDifferentNodesOnly() {
    #expect(Decoded(Self.twoNodes).problems.isEmpty)
    #expect(Decoded(Self.twoNodes.replacing("rack2-*", with: "rack1-9")).wrong == ["resourceList[1].resourceName"])
    #expect(
      Decoded(Self.twoNodes.replacing(#","nodeNames":["rack2-*"]"#, with: "")).wrong == ["resourceList[1].resourceName"]
    )
  }

  @Test func severalFilesAreOneConfiguration() {
    let files = [
      ConfigFile(name: "a.json", bytes: Array(#"{"resourceList":[{"resourceName":"a","selectors":{}}]}"#.utf8)),
      ConfigFile(
        name: "b.json",
        bytes: Array(
          #"{"configList":[{"resourceName":"b","rdmaHcaMax":1,"devices":["ib0"]}],"periodicUpdateInterval":5}"#.utf8)),
    ]
    let (config, problems) = PluginConfig.decode(files, defaults: .forTests)
    #expect(config?.pools.map(\.name.description) == ["intel.com/a"])
    #expect(config?.sharedPools.map(\.name.description) == ["rdma/b"])
    #expect(config?.sharedPools.first?.file == "b.json")
    #expect(config?.periodicUpdateInterval == 5)
    #expect(problems.map(\.file) == ["b.json"])
    let (none, clash) = PluginConfig.decode(
      [files[0], ConfigFile(name: "c.json", bytes: files[0].bytes)], defaults: .forTests)
    #expect(none == nil)
    #expect(
      clash.map(\.description) == [
        "c.json:1:34: error: resourceList[0].resourceName: intel.com/a is the name of resourceList[0] in a.json already"
      ])
  }
}
