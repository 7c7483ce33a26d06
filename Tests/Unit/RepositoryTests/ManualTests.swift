import Agent
import Foundation
import ResourcePools
import TestSupport
import Testing

/// The manual's tables are what the code says; `UPDATE_GOLDEN=1` writes them anew.
@Suite("The manual", .serialized) struct ManualTests {

  @Test func configurationKeys() throws {
    var lines: [String] = []
    for scope in ConfigReference.scopes {
      let keys = ConfigReference.keys(of: scope).filter { $0.type != .ignored }
      if keys.isEmpty { continue }
      lines += ["", scope == .file ? "**The file**" : "**`\(scope.path)`**", ""]
      lines += ["| key | value | when absent | meaning |", "|---|---|---|---|"]
      lines += keys.map { key in
        let only = key.deviceTypes.isEmpty ? "" : " (\(key.deviceTypes.joined(separator: ", ")))"
        return "| `\(key.name)` | \(Self.value(key.type)) | \(key.absent ?? "required") | \(key.meaning)\(only) |"
      }
    }
    try Self.check("configuration", lines.dropFirst().joined(separator: "\n"))
  }

  @Test func flags() throws {
    let shown = Options.flags.flags.filter { !$0.help.isEmpty }
    let lines =
      ["| flag | default | |", "|---|---|---|"]
      + shown.map { "| `-\($0.name)` | `\($0.standard)` | \($0.help) |" }
    try Self.check("flags", lines.joined(separator: "\n"))
  }

  /// Each fenced block that starts with a command of ours is what the command prints; `[exit code N]` ends it when it
  /// is not 0.
  @Test func transcripts() throws {
    var told: Set<Substring> = []
    for page in try Manual.pages {
      var fresh = page.text
      let blocks = page.text.matches(of: #/```\n\$ (devicepool [^\n]*)\n(?:.*?\n)??```\n/#.dotMatchesNewlines())
      for block in blocks.reversed() {
        let words = block.output.1.split(separator: " ")
        let (code, output) = try Program.run(words.dropFirst().map(String.init))
        told.insert(words[1])
        let end = code == 0 ? "" : "[exit code \(code)]\n"
        let ending = output.hasSuffix("\n") || output.isEmpty ? "" : "\n"
        fresh.replaceSubrange(block.range, with: "```\n$ \(block.output.1)\n\(output)\(ending)\(end)```\n")
      }
      if Manual.updates {
        if fresh != page.text { try page.replace(with: fresh) }
      } else {
        #expect(fresh == page.text, "\(page.path): UPDATE_GOLDEN=1 swift test --filter ManualTests writes it")
      }
    }
    // The page Installation has what `completion` is for; it prints a script.
    for name in try Program.subcommands() where name != "completion" {
      #expect(told.contains(Substring(name)), "no page of the manual shows devicepool \(name)")
    }
  }

  /// Each row of a table whose last column is `shown by` names tests, golden cases, scenarios or make targets that exist.
  @Test func promisesAreShown() throws {
    let tests = Repository.root.appendingPathComponent("Tests")
    let files = Set(
      (FileManager.default.enumerator(atPath: tests.path)?.compactMap { $0 as? String } ?? []).map {
        URL(fileURLWithPath: $0).deletingPathExtension().lastPathComponent
      })
    var seen = 0
    for page in try Manual.pages {
      for table in page.text.split(separator: "\n", omittingEmptySubsequences: false).split(whereSeparator: {
        !$0.hasPrefix("|")
      })
      where table.first?.hasSuffix("| shown by |") == true {
        for row in table.dropFirst(2) {
          seen += 1
          let evidence = row.split(separator: "|").last ?? ""
          let names = evidence.matches(of: #/`([^`]+)`/#).map { String($0.output.1) }
          #expect(!names.isEmpty, "\(page.path): nothing shows \(row)")
          for name in names where !name.hasPrefix("make ") {
            #expect(files.contains(name), "\(page.path): \(name) is no test, golden case or scenario")
          }
        }
      }
    }
    #expect(seen > 100)
  }

  private static func check(_ name: String, _ expected: String) throws {
    let text = try #require(
      try Manual.generated(name, expected: expected), "no page of the manual has a place for \(name)")
    #expect(text == expected, "UPDATE_GOLDEN=1 swift test --filter ManualTests writes it")
  }

  private static func value(_ type: ConfigKey.ValueType) -> String {
    switch type {
    case .text: "string"
    case .texts: "list of strings"
    case .flag: "boolean"
    case .integer(let range):
      range.upperBound >= 2_147_483_647
        ? "integer ≥ \(range.lowerBound)" : "integer \(range.lowerBound) to \(range.upperBound)"
    case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
    case .choices(let words): "list of " + words.map { "`\($0)`" }.joined(separator: ", ")
    case .object: "object"
    case .objects: "list of objects"
    case .objectOrObjects: "object or list of objects"
    case .additionalInfo: "object of objects of strings"
    case .ignored: ""
    }
  }
}
