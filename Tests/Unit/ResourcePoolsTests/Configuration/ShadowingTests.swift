import ResourcePools
import Testing

@Suite("Selectors that an earlier one leaves nothing to")
struct ShadowingTests {
  /// Two pools `a` and `b` with these members each.
  private func warnings(_ first: String, _ second: String) -> [String] {
    Decoded(#"{"resourceList":[{"resourceName":"a",\#(first)},{"resourceName":"b",\#(second)}]}"#).warnings
  }

  @Test(
    arguments: [
      (#"{}"#, #"{"vendors":["8086"]}"#), (#"{"vendors":["8086","15b3"]}"#, #"{"vendors":["8086"]}"#),
      (#"{"vendors":["8086"]}"#, #"{"vendors":["8086"],"isRdma":true}"#),
      (#"{"pfNames":["p"]}"#, #"{"pfNames":["P#0-3"]}"#),
      (#"{"pfNames":["p#0-7"]}"#, #"{"pfNames":["p#2,4-5"],"drivers":["iavf"]}"#),
      (#"{"vdpaType":"vhost"}"#, #"{"vdpaType":"vhost","vendors":["15b3"]}"#),
      (#"[{"vendors":["8086"]},{}]"#, #"{"vendors":["15b3"]}"#), (#"{}"#, #"{"needVhostNet":true}"#),
    ])
  func shadowed(first: String, second: String) {
    let warnings = warnings(#""selectors":\#(first)"#, #""selectors":\#(second)"#)
    #expect(warnings.contains { $0.hasPrefix("resourceList[1].selectors: the pool gets no device: resourceList[0]") })
  }

  @Test(
    arguments: [
      (#"{"vendors":["8086"]}"#, #"{}"#), (#"{"vendors":["8086"]}"#, #"{"vendors":["8086","15b3"]}"#),
      (#"{"vendors":["8086"]}"#, #"{"drivers":["iavf"]}"#), (#"{"pfNames":["p#0-3"]}"#, #"{"pfNames":["p#3-4"]}"#),
      (#"{"pfNames":["p#0","p#1"]}"#, #"{"pfNames":["p#1"]}"#), (#"{"isRdma":true}"#, #"{"isRdma":false}"#),
      (#"{"pfNames":["p"]}"#, #"{"rootDevices":["0000:01:00.0"]}"#),
    ])
  func notShadowed(first: String, second: String) {
    let warnings = warnings(#""selectors":\#(first)"#, #""selectors":\#(second)"#)
    #expect(!warnings.contains { $0.contains("takes all") })
  }

  @Test func whatElseDecides() {
    #expect(warnings(#""selectors":{},"excludeDefaultRoute":true"#, #""selectors":{}"#).isEmpty)
    #expect(warnings(#""selectors":{},"deviceType":"accelerator""#, #""selectors":{}"#).isEmpty)
    #expect(warnings(#""selectors":{},"nodeNames":["x"]"#, #""selectors":{}"#).isEmpty)
    #expect(warnings(#""selectors":{},"nodeNames":["x","y"]"#, #""selectors":{},"nodeNames":["x"]"#).count == 1)
  }

  @Test func acrossFiles() {
    let files = ["a", "b"].map { name in
      ConfigFile(name: name, bytes: Array(#"{"resourceList":[{"resourceName":"\#(name)","selectors":{}}]}"#.utf8))
    }
    let (_, problems) = PluginConfig.decode(files, defaults: .forTests)
    #expect(problems.map(\.file) == ["b"])
    #expect(problems.first?.reason.contains("resourceList[0].selectors in a takes all") == true)
  }

  @Test func oneObjectOfSeveral() {
    let decoded = Decoded(
      selectors: #"[{"drivers":["iavf"]},{"drivers":["iavf"],"needVhostNet":true},{"vendors":["15b3"]}]"#)
    #expect(
      decoded.warnings == [
        "resourceList[0].selectors[1]: has no effect: resourceList[0].selectors[0] takes all that it selects"
      ])
    #expect(decoded.problems.first?.line == 1)
  }
}
