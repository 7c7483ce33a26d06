import DevicePlugin
import Foundation
import ResourcePools
import Testing

/// README's tables are what the code says; `UPDATE_GOLDEN=1` writes them anew.
@Suite("The manual", .serialized) struct ManualTests {
  private static let readme = Repository.root.appendingPathComponent("README.md")

  @Test func configurationKeys() throws {
    var lines: [String] = []
    for scope in ConfigKey.Scope.allCases {
      let keys = ConfigReference.keys(of: scope).filter { $0.type != .ignored }
      if keys.isEmpty { continue }
      lines += ["", scope == .file ? "**The file**" : "**`\(scope.rawValue)`**", ""]
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
    let text = try String(contentsOf: Self.readme, encoding: .utf8)
    var fresh = text
    var told: Set<Substring> = []
    for block in text.matches(of: #/```\n\$ (devicepool [^\n]*)\n(?:.*?\n)??```\n/#.dotMatchesNewlines()).reversed() {
      let words = block.output.1.split(separator: " ")
      let (code, output) = try Program.run(words.dropFirst().map(String.init))
      told.insert(words[1])
      let end = code == 0 ? "" : "[exit code \(code)]\n"
      let ending = output.hasSuffix("\n") || output.isEmpty ? "" : "\n"
      fresh.replaceSubrange(block.range, with: "```\n$ \(block.output.1)\n\(output)\(ending)\(end)```\n")
    }
    #expect(told == ["validate", "inventory", "plan", "explain", "record", "simulate"])
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try fresh.write(to: Self.readme, atomically: true, encoding: .utf8)
    } else {
      #expect(fresh == text, "UPDATE_GOLDEN=1 swift test --filter ManualTests writes it")
    }
  }

  /// The table of what operators asked for: each row but those of what is not here names tests or scenarios that exist.
  @Test func whatWasAskedForIsShown() throws {
    let text = try String(contentsOf: Self.readme, encoding: .utf8)
    let table = try #require(text.range(of: "| asked for | here | shown by |\n|---|---|---|\n")?.upperBound)
    let rows = text[table...].split(separator: "\n", omittingEmptySubsequences: false)
      .prefix { $0.hasPrefix("|") }
    #expect(rows.count > 10)
    let tests = Repository.root.appendingPathComponent("Tests")
    let files = Set(
      (FileManager.default.enumerator(atPath: tests.path)?.compactMap { $0 as? String } ?? []).map {
        URL(fileURLWithPath: $0).deletingPathExtension().lastPathComponent
      })
    for row in rows {
      let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      let names = cells.count > 2 ? cells[2].split(separator: "`").filter { !$0.contains(",") }.map(String.init) : []
      #expect(!names.isEmpty || cells[1] == "not here", "\(row)")
      for name in names { #expect(files.contains(name), "\(name) is no test and no scenario") }
    }
  }

  private static func check(_ name: String, _ expected: String) throws {
    let text = try String(contentsOf: readme, encoding: .utf8)
    let begin = "<!-- \(name): begin -->\n"
    let end = "\n<!-- \(name): end -->"
    let start = try #require(text.range(of: begin)?.upperBound, "README has no place for \(name)")
    let stop = try #require(text.range(of: end, range: start..<text.endIndex)?.lowerBound)
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try text.replacingCharacters(in: start..<stop, with: expected)
        .write(to: readme, atomically: true, encoding: .utf8)
    } else {
      #expect(text[start..<stop] == expected, "UPDATE_GOLDEN=1 swift test --filter ManualTests writes it")
    }
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
