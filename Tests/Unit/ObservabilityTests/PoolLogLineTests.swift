import ResourcePools
import Testing

@testable import Observability

/// One line for each pool: an operator finds a key and its value by searching for them.
@Suite("Log lines of pools") struct PoolLogLineTests {
  private func metadata(_ pool: String) throws -> [String: String] {
    let (config, problems) = PluginConfig.decode(
      Array(#"{"resourceList":[\#(pool)]}"#.utf8), file: "config.json",
      defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: true, node: .any))
    #expect(problems.isEmpty)
    return try #require(config?.pools.first).metadata.mapValues { "\($0)" }
  }

  @Test func keysArePlain() throws {
    let line = try metadata(#"{"resourceName":"a","selectors":{"vendors":["8086"],"drivers":["iavf","igbvf"]}}"#)
    #expect(line["resource"] == "intel.com/a")
    #expect(line["deviceType"] == "netDevice")
    #expect(line["selectors.vendors"] == "8086")
    #expect(line["selectors.drivers"] == "iavf,igbvf")
    #expect(line["replicas"] == "1")
    for (key, value) in line { #expect(!value.contains("{") && !value.contains("\""), "\(key): \(value)") }
  }

  /// Of each key of the reference, the default too; names are one value, `resource`.
  @Test func everyKeyIsThere() throws {
    let lines = [
      try metadata(
        #"{"resourceName":"a","selectors":{"drivers":["iavf"]},"nodeNames":["*"],"additionalInfo":{"*":{"a":"b"}}}"#),
      try metadata(#"{"deviceType":"ubNetDevice","ubse":{}}"#),
    ]
    let seen = Set(lines.flatMap(\.keys).map { String($0.prefix { $0 != "." }) })
    let names = ["resourceName", "resourcePrefix"]
    for key in ConfigReference.keys(of: .resourcePool) where key.type != .ignored && !names.contains(key.name) {
      #expect(seen.contains(key.name), "\(key.name)")
    }
  }

  @Test func severalSelectorsHaveNumbers() throws {
    let line = try metadata(#"{"resourceName":"a","selectors":[{"drivers":["iavf"]},{"drivers":["vfio-pci"]}]}"#)
    #expect(line["selectors.0.drivers"] == "iavf")
    #expect(line["selectors.1.drivers"] == "vfio-pci")
  }
}
