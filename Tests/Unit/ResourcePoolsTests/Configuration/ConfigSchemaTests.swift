import Foundation
import JSONText
import ResourcePools
import TestSupport
import Testing

@Suite("The published schema of configuration files")
struct ConfigSchemaTests {
  private static let examples = Repository.root.appending(path: "config-examples")

  /// `UPDATE_GOLDEN=1 swift test --filter ConfigSchemaTests` writes it anew.
  @Test func publishedFileIsWhatTheReferenceSays() throws {
    try Self.expect(ConfigSchema.text, in: Self.examples.appending(path: "schema/config.schema.json"))
  }

  /// The chart's schema of its values holds the configuration's, so that `helm lint` finds what is wrong with it.
  @Test func chartHoldsTheSchema() throws {
    let frame = try String(
      contentsOf: Repository.root.appending(path: "Tests/Suites/Deployments/values.schema.json"), encoding: .utf8)
    let place = "\"configuration\": "
    let configuration = ConfigSchema.text.split(separator: "\n")
      .filter { !$0.hasPrefix("  \"$schema\"") }.joined(separator: "\n    ")
      .replacing("\"#/definitions/", with: "\"#/definitions/configuration/definitions/")
    try #require(frame.contains(place + "{}"))
    try Self.expect(
      frame.replacing(place + "{}", with: place + configuration),
      in: Repository.root.appending(path: "deployments/helm/devicepool/values.schema.json"))
  }

  private static func expect(_ text: String, in file: URL) throws {
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" { try Data(text.utf8).write(to: file) }
    let published = try String(contentsOf: file, encoding: .utf8)
    #expect(published == text, "UPDATE_GOLDEN=1 swift test --filter ConfigSchemaTests writes it anew")
  }

  private func check() throws -> SchemaCheck {
    SchemaCheck(root: try JSONNode.parse(Array(ConfigSchema.text.utf8)))
  }

  @Test func examplesFit() throws {
    let files = try FileManager.default.contentsOfDirectory(at: Self.examples, includingPropertiesForKeys: nil)
    for file in files where file.pathExtension == "json" {
      let node = try JSONNode.parse([UInt8](try Data(contentsOf: file)))
      #expect(try check().faults(of: node) == [], "\(file.lastPathComponent)")
    }
  }

  /// What the decoder takes fits, but for keys without effect; what fits is not refused, but for reasons that no schema can have.
  @Test func agreesWithTheDecoder() throws {
    let check = try check()
    var (taken, fitting) = (0, 0)
    for seed in 0..<400 as Range<UInt64> {
      var random = ConfigGenerator(seed: seed, care: .tidy)
      let text = random.file()
      let faults = check.faults(of: try JSONNode.parse(Array(text.utf8)))
      let problems = Decoded(text).problems
      if !problems.contains(where: { $0.severity == .error || $0.reason.hasPrefix("unknown key") }) {
        taken += 1
        #expect(faults == [], "seed \(seed): \(text)")
      }
      if faults.isEmpty {
        fitting += 1
        let unexpected = problems.filter { $0.severity == .error && !Self.isBeyondSchemas($0) }
        #expect(unexpected.map(\.description) == [], "seed \(seed): \(text)")
      }
    }
    #expect(
      taken > 100 && fitting > 100, "\(taken) taken, \(fitting) fitting: the generator makes too few that are right")
  }

  /// Uniqueness, lengths, what two keys mean together, and the grammar of values.
  private static func isBeyondSchemas(_ problem: ConfigProblem) -> Bool {
    let reasons = [
      "already", "socket", "together with", "is not a function number", "more than one '#'", "is not an auxiliary type",
      "expected 1", "null or a list", "selects nothing", "expected a domain name", "missing: auxNetDevice",
      "found beside selectors", "by the device plugin API",
    ]
    return reasons.contains { problem.reason.contains($0) }
  }
}
