import ConfigMapText
import JSONText
import TestSupport
import Testing

@Suite("Configurations inside ConfigMap manifests")
struct EmbeddedConfigTests {
  /// Every place of the embedded text holds the same byte as the place in the file that it is mapped to.
  private func checkMap(_ config: EmbeddedConfig, in file: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let bytes = Array(file.utf8)
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { Array($0) }
    var position = JSONPosition(line: 1, column: 1)
    for byte in config.bytes {
      let place = config.map.place(of: position)
      let line = lines[place.line - 1]
      if byte == UInt8(ascii: "\n") {
        position = JSONPosition(line: position.line + 1, column: 1)
      } else {
        position.column += 1
        let found = line.indices.contains(place.column - 1) ? line[place.column - 1] : 0
        #expect(found == byte || found == UInt8(ascii: "\\"), "\(place)", sourceLocation: sourceLocation)
      }
    }
  }

  private static let stock = #"""
    # the stock manifest
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: sriovdp-config
      namespace: kube-system
    data:
      config.json: |
        {
            "resourceList": [{
                "resourceName": "größe",

                "selectors": {"vendors": ["8086"]}
            }]
        }
      notes.txt: "nothing to read"
    ---
    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: x}
    """#

  @Test func stockManifest() throws {
    let configs = try EmbeddedConfig.all(in: Array(Self.stock.utf8))
    #expect(configs.map(\.name) == ["sriovdp-config/config.json"])
    let config = try #require(configs.first)
    let root = try JSONNode.parse(config.bytes)
    let selectors = try #require(root["resourceList"]?.array?.first?["selectors"])
    #expect(selectors.position == JSONPosition(line: 5, column: 22))
    #expect(config.map.place(of: selectors.position) == JSONPosition(line: 13, column: 26))
    checkMap(config, in: Self.stock)
  }

  /// A node without pools has an empty text, which Kubernetes also makes of null.
  @Test(arguments: ["''", "null", "", "'null'", "~"])
  func aNodeWithoutPools(_ value: String) throws {
    for note in ["", "\n  note: hello"] {
      let data = "  w1: '{\"resourceList\": []}'\n  w2: \(value)\(note)\n"
      let configs = try EmbeddedConfig.all(in: Array("kind: ConfigMap\nmetadata: {name: m}\ndata:\n\(data)".utf8))
      #expect(configs.map(\.key) == ["w1", "w2"], "\(data)")
      #expect(configs.map(\.isBlank) == [false, true], "\(data)")
    }
  }

  @Test func aByteOrderMarkIsAllowed() throws {
    let file = "\u{FEFF}" + Self.stock
    let config = try #require(try EmbeddedConfig.all(in: Array(file.utf8)).first)
    #expect(config.name == "sriovdp-config/config.json")
    checkMap(config, in: file)
  }

  @Test(arguments: [[0xFF, 0xFE, 0x6B, 0], [0xFE, 0xFF, 0, 0x6B], [0x7B, 0], [0, 0x7B]] as [[UInt8]])
  func utf16IsNamed(_ file: [UInt8]) {
    #expect(throws: ConfigMapError.unreadable(line: 1, column: 1, reason: "the text is UTF-16, expected UTF-8")) {
      try EmbeddedConfig.all(in: file)
    }
  }

  @Test func windowsLineEnds() throws {
    let file = Self.stock.replacing("\n", with: "\r\n")
    let config = try #require(try EmbeddedConfig.all(in: Array(file.utf8)).first)
    #expect(config.map.place(of: JSONPosition(line: 5, column: 22)) == JSONPosition(line: 13, column: 26))
    checkMap(config, in: file)
  }

  /// As `kubectl get -o yaml` writes a text with a tab or a trailing blank in it.
  @Test func doubleQuoted() throws {
    let file = #"""
      kind: ConfigMap
      apiVersion: v1
      data:
        config.json: "{\n\t\"resourceList\": [ \n  {\"resourceName\": \"\xe4é\u00e4\",\
          \ \"selectors\": {}\n
          }]}\n"
      """#
    let config = try #require(try EmbeddedConfig.all(in: Array(file.utf8)).first)
    let root = try JSONNode.parse(config.bytes)
    let entry = try #require(root["resourceList"]?.array?.first)
    #expect(entry["resourceName"]?.string == "äéä")
    #expect(config.map.place(of: entry.position) == JSONPosition(line: 4, column: 46))
    let selectors = try #require(entry["selectors"])
    #expect(config.map.place(of: selectors.position) == JSONPosition(line: 5, column: 22))
    #expect(config.name == "without a name/config.json")
  }

  /// Other styles are rare; their problems are shown where the text begins.
  @Test func foldedTextIsKnownByItsBeginning() throws {
    let file = "kind: ConfigMap\ndata:\n  config.json: >-\n    {\"resourceList\":\n     [1]}\n"
    let config = try #require(try EmbeddedConfig.all(in: Array(file.utf8)).first)
    #expect(try JSONNode.parse(config.bytes)["resourceList"] != nil)
    #expect(config.map.place(of: JSONPosition(line: 2, column: 3)) == JSONPosition(line: 3, column: 16))
  }

  /// The SR-IOV network operator's ConfigMap has one key for each node.
  @Test func keysWithoutEnding() throws {
    let file =
      "kind: ConfigMap\nmetadata: {name: device-plugin-config}\ndata:\n  node-1: '{}'\n  node-2: |\n    {}\n  e.sh: |\n    x\n"
    let names = try EmbeddedConfig.all(in: Array(file.utf8)).map(\.name)
    #expect(names == ["device-plugin-config/node-1", "device-plugin-config/node-2"])
  }

  @Test func listsAndJSONManifests() throws {
    let list = #"""
      {"apiVersion":"v1","kind":"List","items":[
       {"kind":"Service"},
       {"kind":"ConfigMap","metadata":{"name":"a"},"data":{"config.json":"{\"resourceList\":[]}"}},
       {"kind":"ConfigMapList","items":[{"metadata":{"name":"b"},"data":{"config.json":"x"}}]}]}
      """#
    let configs = try EmbeddedConfig.all(in: Array(list.utf8))
    #expect(configs.map(\.name) == ["a/config.json", "b/config.json"])
    #expect(configs[0].map.place(of: JSONPosition(line: 1, column: 2)) == JSONPosition(line: 3, column: 70))
  }

  @Test(
    arguments: [
      #"{"resourceList":[]}"#, "{", "", "  \n", "[]", #"{"kind":"x"}"#, "\u{FEFF}{}", #"{"resourceList":[],}"#,
    ])
  func jsonIsTheConfigurationItself(file: String) throws {
    let configs = try EmbeddedConfig.all(in: Array(file.utf8))
    #expect(configs.count == 1)
    #expect(configs.first?.name == nil)
    #expect(configs.first?.bytes == Array(file.utf8))
    #expect(configs.first?.map.place(of: JSONPosition(line: 9, column: 9)) == JSONPosition(line: 9, column: 9))
  }

  @Test(
    arguments: [
      ("a: [", ConfigMapError.unreadable(line: 2, column: 1, reason: "did not find expected node content")),
      ("kind: Pod\n", .noConfigMap), ("just text", .noConfigMap), ("---\n---\n", .noConfigMap),
      ("kind: ConfigMap\nmetadata: {name: x}\n", .noConfiguration(configMap: "x")),
      ("kind: ConfigMap\ndata: {a.sh: x}\n", .noConfiguration(configMap: "without a name")),
      ("kind: ConfigMap\ndata: [x]\n", .noConfiguration(configMap: "without a name")),
      ("kind: ConfigMap\nx: &a {config.json: '{}'}\ndata: *a\n", .noConfiguration(configMap: "without a name")),
    ])
  func refused(file: String, error: ConfigMapError) {
    #expect(throws: error) { try EmbeddedConfig.all(in: Array(file.utf8)) }
  }

  @Test func hostileTexts() {
    for file in [
      "x: " + String(repeating: "[", count: 100_000), String(repeating: "- ", count: 50_000),
      String(repeating: "{", count: 1) + "a: &a [*a, *a]}", "%YAML 9.9\n---\nx", "\u{0}", "a: \u{1}", "a:\t- b",
    ] {
      #expect(throws: ConfigMapError.self) { try EmbeddedConfig.all(in: Array(("a: b\n" + file).utf8)) }
    }
    #expect(throws: ConfigMapError.self) { try EmbeddedConfig.all(in: [0x61, 0x3A, 0x20, 0xFF, 0xFE]) }
  }

  @Test(arguments: 0..<100)
  func damagedManifestsAreReadOrRefused(seed: UInt64) {
    var random = SeededNumbers(seed: seed)
    var bytes = Array(Self.stock.utf8)
    for _ in 0..<3 {
      let index = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.remove(at: index)
      default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
      }
    }
    do throws(ConfigMapError) {
      for config in try EmbeddedConfig.all(in: bytes) {
        let place = config.map.place(of: JSONPosition(line: 3, column: 5))
        #expect(place.line >= 1 && place.column >= 1)
      }
    } catch {
      #expect(!error.description.isEmpty)
    }
  }
}
