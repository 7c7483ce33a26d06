import ResourcePools
import Testing

/// The incumbent's test vectors A1 to A33: what it did is in the comments where it was not right.
@Suite("Configurations that the SR-IOV network device plugin was tried with")
struct ConfigVectorTests {
  /// A1, A2, A5, A6, A7: exit code 0 there.
  @Test(
    arguments: [
      (#"{"resourceList": ["#, 1, 19, "found the end of the text"), ("", 1, 1, "found the end of the text"),
      (#"{"resourceList":[{"resourceName":"a","selectors":{"vendors":["8086"],}}]}"#, 1, 69, "found a trailing comma"),
      (#"{"resourceList":[]} x"#, 1, 21, "found 'x'"), ("\u{FEFF}{}", 1, 1, "found a byte order mark"),
    ])
  func a1NoJSON(text: String, line: Int, column: Int, reason: String) throws {
    let decoded = Decoded(text)
    #expect(decoded.config == nil)
    let problem = try #require(decoded.problems.first)
    #expect(decoded.problems.count == 1)
    #expect(problem.description.hasPrefix("config.json:\(line):\(column): error: no JSON: \(reason)"))
  }

  /// Exit code 0 there too, and so a restart every few minutes.
  @Test(
    arguments: [
      #"{"resourceList":null}"#, #"{"resourceList":[]}"#, #"{"configList":[]}"#, #"{"configList":null}"#,
      #"{"resourceList":[],"configList":null}"#, #"{"RESOURCELIST":[]}"#,
    ])
  func a3NoPool(text: String) {
    let decoded = Decoded(text)
    #expect(decoded.config?.pools.isEmpty == true && decoded.config?.sharedPools.isEmpty == true)
    #expect(decoded.problems.isEmpty)
  }

  /// Perhaps it is the file of another program.
  @Test(arguments: ["{}", "null"]) func a3NoList(text: String) {
    let decoded = Decoded(text)
    #expect(decoded.config?.pools.isEmpty == true)
    #expect(decoded.warnings.count == 1)
    #expect(decoded.warnings.first?.contains("found neither resourceList nor configList") == true)
  }

  @Test func a4ListAtTopLevel() {
    #expect(Decoded("[]").problems.map(\.description) == ["config.json:1:1: error: found a list, expected an object"])
  }

  @Test func a9DeviceTypesAreCaseSensitive() {
    let decoded = Decoded(selectors: "{}", type: "netdevice")
    #expect(
      decoded.errors == [
        "resourceList[0].deviceType: found \"netdevice\", expected netDevice, accelerator, auxNetDevice or ubNetDevice"
      ])
    #expect(Decoded(selectors: "{}", type: "rdmaShared").wrong == ["resourceList[0].deviceType"])
    #expect(Decoded(selectors: "{}", type: "").config?.pools.first?.type.name == "netDevice")
  }

  /// A crash there.
  @Test(arguments: ["netDevice", "accelerator", "auxNetDevice"])
  func a10SelectorsMissingOrNull(type: String) {
    #expect(Decoded(selectors: "null", type: type).wrong == ["resourceList[0].selectors"])
    let missing = Decoded(pool: #""resourceName":"a","deviceType":"\#(type)""#)
    #expect(missing.wrong == ["resourceList[0].selectors"])
    #expect(missing.config == nil)
  }

  /// A pool left out there.
  @Test(
    arguments: [
      ("[]", "resourceList[0].selectors"), (#""x""#, "resourceList[0].selectors"), ("5", "resourceList[0].selectors"),
      (#"{"vendors":"8086"}"#, "resourceList[0].selectors.vendors"),
      (#"[{"drivers":["iavf"]},{"vendors":[8086]}]"#, "resourceList[0].selectors[1].vendors[0]"),
      (#"[[]]"#, "resourceList[0].selectors[0]"),
    ])
  func a11a12SelectorsOfWrongType(selectors: String, path: String) {
    #expect(Decoded(selectors: selectors).wrong == [path])
  }

  /// The pool with `[]` was left out there, and the other served.
  @Test func a13AWrongPoolIsNotLeftOut() {
    let decoded = Decoded(
      #"""
      {"resourceList":[{"resourceName":"a","selectors":[]},
      {"resourceName":"b","selectors":[{"drivers":["iavf"]},{"vendors":["15b3"]}]}]}
      """#)
    #expect(decoded.config == nil)
    #expect(decoded.wrong == ["resourceList[0].selectors"])
  }

  @Test(arguments: ["netDevice", "accelerator", "auxNetDevice"])
  func a14NullSelector(type: String) {
    #expect(Decoded(selectors: "[null]", type: type).wrong == ["resourceList[0].selectors[0]"])
  }

  @Test(
    arguments: [
      #""resourceName":"a.b","#, "", #""resourceName":"a\n","#, #""resourceName":"","#, #""resourceName":null,"#,
      #""resourceName":"ä","#, #""resourceName":"a b","#, #""resourceName":5,"#,
    ])
  func a15Names(member: String) {
    #expect(Decoded(pool: member + #""selectors":{}"#).wrong == ["resourceList[0].resourceName"])
  }

  @Test func a16HyphenInAName() throws {
    let decoded = Decoded(pool: #""resourceName":"kern-el","selectors":{}"#)
    #expect(decoded.problems.isEmpty)
    let name = try #require(decoded.config?.pools.first?.name)
    #expect(name.environmentVariable("PCIDEVICE") == "PCIDEVICE_INTEL_COM_KERN-EL")
    #expect(name.socketName == "intel.com_kern-el.sock")
  }

  @Test func a17a18OneNameTwice() {
    for second in [#""resourceName":"a""#, #""resourceName":"a","resourcePrefix":"intel.com""#] {
      let decoded = Decoded(
        #"{"resourceList":[{"resourceName":"a","selectors":{}},{\#(second),"selectors":{}}]}"#)
      #expect(
        decoded.errors == ["resourceList[1].resourceName: intel.com/a is the name of resourceList[0] already"])
    }
  }

  @Test func a19OneNameUnderTwoPrefixes() {
    let decoded = Decoded(
      #"""
      {"resourceList":[{"resourceName":"a","resourcePrefix":"x.io","selectors":{"vendors":["8086"]}},
      {"resourceName":"a","resourcePrefix":"y.io","selectors":{}}]}
      """#)
    #expect(decoded.problems.isEmpty)
    #expect(decoded.config?.pools.map(\.name.description) == ["x.io/a", "y.io/a"])
  }

  @Test func a20RDMAWithVDPA() {
    let decoded = Decoded(selectors: #"{"isRdma":true,"vdpaType":"vhost"}"#)
    #expect(decoded.wrong == ["resourceList[0].selectors.isRdma"])
    #expect(decoded.errors.first?.contains("resourceList[0].selectors.vdpaType") == true)
    #expect(Decoded(selectors: #"{"isRdma":true,"vdpaType":""}"#).problems.isEmpty)
    #expect(Decoded(selectors: #"{"isRdma":false,"vdpaType":"vhost"}"#).problems.isEmpty)
  }

  @Test func a21RDMAAndVDPAInTwoObjects() throws {
    let decoded = Decoded(selectors: #"[{"isRdma":true},{"vdpaType":"vhost"}]"#)
    #expect(decoded.problems.isEmpty)
    let selectors = try #require(decoded.config?.pools.first?.selectors)
    #expect(selectors.map(\.isRDMA) == [true, false])
    #expect(selectors.map(\.vdpaType) == [nil, "vhost"])
  }

  @Test func a22AuxTypes() {
    #expect(Decoded(selectors: "{}", type: "auxNetDevice").wrong == ["resourceList[0].selectors.auxTypes"])
    #expect(
      Decoded(selectors: #"[{"auxTypes":["sf"]},{"auxTypes":[]}]"#, type: "auxNetDevice").wrong
        == ["resourceList[0].selectors[1].auxTypes"])
    #expect(
      Decoded(selectors: #"{"auxTypes":["sf","eth"]}"#, type: "auxNetDevice").wrong
        == ["resourceList[0].selectors.auxTypes[1]"])
    #expect(Decoded(selectors: #"{"auxTypes":["sf"]}"#, type: "auxNetDevice").problems.isEmpty)
  }

  @Test func a23UnknownVDPAType() {
    let decoded = Decoded(selectors: #"{"vdpaType":"foo"}"#)
    #expect(decoded.config?.pools.count == 1)
    #expect(decoded.warnings.count == 1)
  }

  @Test func a25SlashInPrefix() {
    let decoded = Decoded(pool: #""resourceName":"a","resourcePrefix":"a/b","selectors":{}"#)
    #expect(decoded.wrong == ["resourceList[0].resourcePrefix"])
  }

  @Test func a26NameTooLongForASocket() {
    let name = String(repeating: "x", count: 80)
    let decoded = Decoded(pool: #""resourceName":"\#(name)","selectors":{}"#)
    #expect(decoded.wrong == ["resourceList[0].resourceName"])
    #expect(decoded.errors.first?.contains("expected at most 107") == true)
  }

  @Test func a27UnknownKeys() {
    let decoded = Decoded(
      #"""
      {"resourcelist":[{"resourceName":"a","sriovMode":true,"rootDevices":["x"],
        "selectors":{"pfName":["ens1f0"],"drivers":["iavf"]}}],"version":1}
      """#)
    #expect(decoded.config?.pools.count == 1)
    #expect(
      decoded.problems.map(\.description) == [
        "config.json:1:38: warning: resourceList[0].sriovMode: unknown key, without effect",
        "config.json:1:55: warning: resourceList[0].rootDevices: unknown key, without effect; "
          + "rootDevices belongs in selectors",
        "config.json:2:16: warning: resourceList[0].selectors.pfName: unknown key, without effect; "
          + "did you mean pfNames?",
        "config.json:2:58: warning: version: unknown key, without effect",
      ])
  }

  @Test func a27UnknownKeysAreErrorsWhenStrict() {
    var strict = ConfigDefaults.forTests
    strict.strictUnknownKeys = true
    let decoded = Decoded(pool: #""resourceName":"a","selectors":{},"x":1"#, defaults: strict)
    #expect(decoded.config == nil)
    #expect(decoded.wrong == ["resourceList[0].x"])
    #expect(Decoded(pool: #""resourceName":"a","selectors":{},"SelectorObjs":null"#, defaults: strict).problems.isEmpty)
  }

  @Test func a28KeysInAnyCase() throws {
    let decoded = Decoded(
      #"{"RESOURCELIST":[{"ResourceName":"a","SELECTORS":{"PFNAMES":["p#0"],"ISRDMA":true}}]}"#)
    let pool = try #require(decoded.config?.pools.first)
    #expect(pool.selectors.first?.pipeline.stages.map(\.key) == ["pfNames", "isRdma"])
    #expect(pool.selectors.first?.isRDMA == true)
    #expect(
      Decoded(selectors: "{\"driver\u{17F}\":[\"iavf\"]}").config?.pools.first?.selectors[0].pipeline.stages.count == 1)
  }

  @Test func a29KeysOfTheOperator() {
    let decoded = Decoded(
      pool: #"""
        "resourceName":"a","SelectorObjs":null,"SelectorObj":null,"excludeTopology":false,
        "selectors":{"vendors":["8086"],"IsRdma":false,"NeedVhostNet":true,"vdpaType":""}
        """#)
    #expect(decoded.problems.isEmpty)
    #expect(decoded.config?.pools.first?.selectors.first?.needVhostNet == true)
    #expect(Decoded(pool: #""resourceName":"a","SelectorObjs":[1,null],"selectors":{}"#).problems.isEmpty)
  }

  @Test func a30TypesThatRefuseTheFile() {
    #expect(
      Decoded(pool: #""resourceName":"a","SelectorObjs":"x","selectors":{}"#).wrong == ["resourceList[0].SelectorObjs"])
    #expect(
      Decoded(pool: #""resourceName":"a","additionalInfo":{"*":{"a":1}},"selectors":{}"#).wrong
        == ["resourceList[0].additionalInfo.*.a"])
  }

  @Test func a31OfARepeatedKeyTheLastCounts() throws {
    let decoded = Decoded(
      pool: #""resourceName":"a","resourceName":"b","selectors":{"drivers":["x"],"Drivers":["iavf"]}"#)
    let pool = try #require(decoded.config?.pools.first)
    #expect(pool.name.name == "b")
    #expect(pool.selectors.first?.pipeline.stages.first?.wanted == ["iavf"])
    #expect(decoded.warnings.count == 2)
  }

  /// Null leaves words, numbers and flags as they were, and empties the rest; what is overruled is checked too.
  @Test func a31NullAfterAValue() throws {
    let decoded = Decoded(
      pool: #"""
        "resourceName":"a","resourceName":null,"excludeTopology":true,"excludeTopology":null,
        "selectors":{"drivers":["x"],"drivers":null},"additionalInfo":{"*":{}},"additionalInfo":null
        """#)
    let pool = try #require(decoded.config?.pools.first)
    #expect(pool.name.name == "a")
    #expect(pool.excludeTopology)
    #expect(pool.selectors.first?.pipeline.stages.isEmpty == true)
    #expect(pool.additionalInfo == nil)
    #expect(
      Decoded(pool: #""resourceName":1,"resourceName":"b","selectors":{}"#).wrong == ["resourceList[0].resourceName"])
    #expect(
      Decoded(pool: #""resourceName":"b","selectors":{},"selectors":null"#).wrong == ["resourceList[0].selectors"])
  }

  @Test func a32AdditionalInfoIsMergedByDevice() {
    let decoded = Decoded(
      pool: #"""
        "resourceName":"a","selectors":{},"additionalInfo":{"*":{"a":"1","b":null},"0000:01:02.0":{"x":"1"}},
        "AdditionalInfo":{"0000:01:02.0":{"y":"2"},"0000:01:02.1":null}
        """#)
    #expect(
      decoded.config?.pools.first?.additionalInfo
        == ["*": ["a": "1", "b": ""], "0000:01:02.0": ["y": "2"], "0000:01:02.1": [:]])
    #expect(
      Decoded(pool: #""resourceName":"a","selectors":{},"additionalInfo":{}"#).config?.pools[0].additionalInfo == [:])
  }

  /// The later pool took the earlier one's socket there.
  @Test func a33OneSocketForTwoNames() {
    let decoded = Decoded(
      #"""
      {"resourceList":[{"resourceName":"b","resourcePrefix":"intel.com_a","selectors":{}},
      {"resourceName":"a_b","selectors":{}}]}
      """#)
    #expect(decoded.wrong == ["resourceList[1].resourceName"])
    #expect(decoded.errors.first?.contains("intel.com_a_b.sock") == true)
  }
}
