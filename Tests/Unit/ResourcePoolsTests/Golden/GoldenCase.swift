import Foundation
import TestSupport

/// A folder of Tests/Fixtures/Golden: a configuration, the host it meets, and what comes of it.
///
/// `case.txt` has a line for each setting: `machine NAME` (a file of Tests/Fixtures/Machines), and where the case needs
/// them `prefix PREFIX`, `node NAME` and `cdi MODE`.
struct GoldenCase: Sendable, CustomStringConvertible {
  let name: String
  var description: String { name }

  static var all: [GoldenCase] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().map { GoldenCase(name: $0) }
  }

  static var folder: URL { Repository.root.appending(path: "Tests/Fixtures/Golden") }

  func file(_ file: String) -> URL { Self.folder.appendingPathComponent(name).appendingPathComponent(file) }

  func config() throws -> [UInt8] { Array(try Data(contentsOf: file("config.json"))) }

  func settings() throws -> [String: String] {
    let lines = try String(contentsOf: file("case.txt"), encoding: .utf8).split(separator: "\n")
    return Dictionary(
      uniqueKeysWithValues: lines.map { line in
        let words = line.split(separator: " ", maxSplits: 1)
        return (String(words[0]), words.count > 1 ? String(words[1]) : "")
      })
  }
}
