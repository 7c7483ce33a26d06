import Foundation
import TestSupport
import Testing

/// Tests/Fixtures/Parity: lists of cases, each with what shows it, and all of that exists.
@Suite("Lists of cases") struct ParityTests {
  struct Row: Sendable {
    let number: String
    let evidence: [String]
  }

  /// Rows of a list: `number | the case | evidence; evidence`.
  private static func rows(_ list: String) throws -> [Row] {
    try Repository.text("Tests/Fixtures/Parity/\(list).txt").split(separator: "\n")
      .filter { !$0.hasPrefix("#") }.map { line in
        let parts = line.split(separator: "|", maxSplits: 2).map { $0.trimmingCharacters(in: .whitespaces) }
        try #require(parts.count == 3, "expected number | case | evidence, found: \(line)")
        let evidence = parts[2].split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
        return Row(number: parts[0], evidence: evidence)
      }
  }

  /// `C1-C32` stands for all of them.
  private static func numbers(of row: Row) -> [String] {
    guard let match = row.number.wholeMatch(of: /([A-Z])(\d+)-[A-Z](\d+)/), let first = Int(match.output.2),
      let last = Int(match.output.3), first <= last
    else { return [row.number] }
    return (first...last).map { "\(match.output.1)\($0)" }
  }

  @Test(arguments: [
    ("sriov-network-device-plugin", ["T": 15, "A": 35, "B": 38, "C": 32, "D": 31, "E": 9, "F": 6]),
    ("ub-network-device-plugin", ["U": 29]), ("rdma-shared-device-plugin", ["R": 17]),
    ("npu-device-plugin", ["N": 16]),
  ])
  func everyNumberIsThereOnce(_ list: String, _ counts: [String: Int]) throws {
    let found = try Self.rows(list).flatMap(Self.numbers)
    let wanted = counts.flatMap { letter, count in (1...count).map { "\(letter)\($0)" } }
    #expect(found.sorted() == wanted.sorted())
  }

  @Test(arguments: [
    "sriov-network-device-plugin", "ub-network-device-plugin", "rdma-shared-device-plugin", "npu-device-plugin",
  ])
  func whatIsNamedExists(_ list: String) throws {
    let tests = try Self.tests()
    let questions = try Self.questions()
    for row in try Self.rows(list) {
      #expect(!row.evidence.isEmpty, "\(row.number) has nothing to show")
      for evidence in row.evidence {
        if let folder = evidence.after("golden ") {
          let path = Repository.root.appendingPathComponent("Tests/Fixtures/Golden/\(folder)/expected.json").path
          #expect(FileManager.default.fileExists(atPath: path), "\(row.number): no golden case \(folder)")
        } else if let question = evidence.after("differs: ") {
          #expect(questions.contains(question), "\(row.number): the parity table has no row \(question)")
        } else {
          #expect(tests.contains(evidence), "\(row.number): no test \(evidence)")
        }
      }
    }
  }

  /// `Suite.test` of every test function.
  private static func tests() throws -> Set<String> {
    var names: Set<String> = []
    for path in try Repository.swiftFiles(below: "Tests") {
      let text = try Repository.text(path)
      // The suite that a test belongs to is the last one that begins above it.
      var suite = ""
      for match in text.matches(
        of: #/(?m)^(?:@Suite(?:\([^\n]*\))? )?(?:final )?(?:struct|class) (\w+)|@Test[\s\S]*?func (`[^`]+`|\w+)\(/#)
      {
        if let name = match.output.1 {
          suite = String(name)
        } else if let name = match.output.2 {
          names.insert("\(suite).\(name.filter { $0 != "`" })")
        }
      }
    }
    return names
  }

  /// The first column of Compatibility's table of differing answers.
  private static func questions() throws -> Set<String> {
    Set(
      try Repository.text("\(Manual.folder)/Compatibility.md").split(separator: "\n").filter { $0.hasPrefix("| ") }
        .compactMap { $0.split(separator: "|").first?.trimmingCharacters(in: .whitespaces) })
  }
}

extension String {
  fileprivate func after(_ prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}
