import Foundation
import TestSupport

extension Repository {
  /// Paths of Swift files below a directory, relative to the root.
  static func swiftFiles(below directory: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: root.appendingPathComponent(directory).path)
      .filter { $0.hasSuffix(".swift") }.map { "\(directory)/\($0)" }.sorted()
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
