import ResourcePools
import Testing

@Suite("Selector objects")
struct ConfigSelectorTests {
  @Test func stagesComeInTheTypesOrder() {
    let decoded = Decoded(selectors: #"{"linkTypes":["ether"],"pfNames":["p"],"vendors":["8086"],"devices":[]}"#)
    #expect(decoded.problems.isEmpty)
    let stages = decoded.config?.pools.first?.selectors.first?.pipeline.stages ?? []
    #expect(stages.map(\.key) == ["vendors", "pfNames", "linkTypes"])
    #expect(stages.map(\.wanted) == [["8086"], ["p"], ["ether"]])
  }

  /// Every value that can't be read is reported, not the first alone.
  @Test func badRanges() {
    let decoded = Decoded(selectors: #"{"pfNames":["enp175s0#1-2-3","ens1f0#a-2","ok","ens2f0np0#"]}"#)
    #expect(
      decoded.wrong == [
        "resourceList[0].selectors.pfNames[0]", "resourceList[0].selectors.pfNames[1]",
        "resourceList[0].selectors.pfNames[3]",
      ])
    #expect(decoded.problems.map(\.column) == [87, 104, 122])
    #expect(
      Decoded(selectors: #"[{},{"rootDevices":["0000:01:00.0#0x1"]}]"#).wrong
        == ["resourceList[0].selectors[1].rootDevices[0]"])
  }

  @Test(
    arguments: [
      #"{"vendors":["0x8086"]}"#, #"{"devices":["154C"]}"#, #"{"pciAddresses":["3b:01.1"]}"#,
      #"{"rootDevices":["01:00.0"]}"#,
    ])
  func valuesThatMatchNothing(selectors: String) {
    let decoded = Decoded(selectors: selectors)
    #expect(decoded.config?.pools.count == 1)
    #expect(decoded.warnings.count == 2)
    #expect(decoded.warnings.contains { $0.hasPrefix("resourceList[0].selectors: selects no device") })
  }

  @Test func aValueThatMatchesNothingBesideOthers() {
    let decoded = Decoded(selectors: #"{"vendors":["8086","0x8086"]}"#)
    #expect(decoded.warnings.count == 1)
    #expect(decoded.warnings.first?.hasPrefix("resourceList[0].selectors.vendors[1]:") == true)
  }

  @Test func twoValuesForOnePF() {
    let decoded = Decoded(selectors: #"{"pfNames":["p#0","p#1"]}"#)
    #expect(decoded.config?.pools.count == 1)
    #expect(decoded.warnings.count == 1)
    #expect(decoded.warnings.first?.hasPrefix("resourceList[0].selectors.pfNames[1]:") == true)
  }

  @Test func partitionKeysNeedInfiniBand() {
    #expect(Decoded(selectors: #"{"pKeys":["0x8001"],"linkTypes":["ether"]}"#).warnings.count == 1)
    #expect(Decoded(selectors: #"{"pKeys":["0x8001"],"linkTypes":["ether","infiniband"]}"#).problems.isEmpty)
    #expect(Decoded(selectors: #"{"pKeys":["0x8001"]}"#).problems.isEmpty)
  }

  @Test func nullInAListIsTheEmptyString() {
    let decoded = Decoded(selectors: #"{"acpiIndexes":[null]}"#)
    #expect(decoded.config?.pools.first?.selectors.first?.pipeline.stages.first?.wanted == [""])
    #expect(decoded.warnings.count == 1)
  }
}
