import Foundation
import JSONText
import ResourcePools
import Testing

/// Configurations and hosts, from bytes to answers. `UPDATE_GOLDEN=1 swift test --filter GoldenTests` writes what comes
/// out; read the difference before it is committed.
@Suite struct GoldenTests {
  @Test(arguments: GoldenCase.all) func outcome(golden: GoldenCase) throws {
    let outcome = try golden.outcome().prettyText()
    let file = golden.file("expected.json")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try outcome.write(to: file, atomically: true, encoding: .utf8)
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    #expect(outcome == expected, "\(golden): \(firstDifference(expected, outcome))")
  }

  @Test func thereAreCases() { #expect(GoldenCase.all.count > 20) }

  /// Only golden cases test a key from the file to the answer, so each key must be in one.
  @Test func everySelectorAndTypeIsInACase() throws {
    var keys: Set<String> = []
    var types: Set<String> = []
    for golden in GoldenCase.all {
      let node = try JSONNode.parse(golden.config())
      for pool in node["resourceList"]?.array ?? [] {
        types.insert(pool["deviceType"]?.string ?? "netDevice")
        let selectors = pool["selectors"].map { $0.array ?? [$0] } ?? []
        keys.formUnion(selectors.flatMap { $0.members ?? [] }.map(\.key))
      }
      for pool in node["configList"]?.array ?? [] {
        types.insert("rdmaShared")
        keys.formUnion(pool["selectors"]?.members?.map(\.key) ?? [])
      }
    }
    #expect(Set(DeviceTypeCatalog.all.map(\.name)).subtracting(types).isEmpty)
    #expect(Set(DeviceTypeCatalog.all.flatMap { $0.selectors.map(\.key) }).subtracting(keys).isEmpty)
  }

  private func firstDifference(_ expected: String, _ outcome: String) -> String {
    let (old, new) = (expected.split(separator: "\n"), outcome.split(separator: "\n"))
    guard let index = (0..<max(old.count, new.count)).first(where: { !old.has($0, new) }) else { return "none" }
    return
      "line \(index + 1): \(index < new.count ? new[index] : "end"), expected \(index < old.count ? old[index] : "end")"
  }
}

extension [Substring] {
  fileprivate func has(_ index: Int, _ other: [Substring]) -> Bool {
    index < count && index < other.count && self[index] == other[index]
  }
}
