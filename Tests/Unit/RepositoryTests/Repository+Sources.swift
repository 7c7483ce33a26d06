import Foundation
import TestSupport

extension Repository {
  /// Paths of Swift files below a directory, relative to the root.
  static func swiftFiles(below directory: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: root.appendingPathComponent(directory).path)
      .filter { $0.hasSuffix(".swift") }.map { "\(directory)/\($0)" }.sorted()
  }

  /// Paths of files below a directory whose names have one of these endings, or none at all for the ending "".
  static func files(below directory: String, endings: [String]) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: directory).path).filter { path in
      let name = path.split(separator: "/").last ?? ""
      guard (try? text("\(directory)/\(path)")) != nil else { return false }
      return endings.contains { $0.isEmpty ? !name.contains(".") : name.hasSuffix($0) }
    }.map { "\(directory)/\($0)" }.sorted()
  }

  /// The modules that a file imports.
  static func imports(of path: String) throws -> [String] {
    try text(path).split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard let keyword = words.firstIndex(of: "import"), keyword <= 2, words.count > keyword + 1,
        words[..<keyword].allSatisfy({ ["public", "package", "internal", "@preconcurrency", "@testable"].contains($0) })
      else { return nil }
      return String(words[keyword + 1])
    }
  }
}
