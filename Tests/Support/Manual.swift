import Foundation

/// The manual: README.md and the pages of `Sources/devicepool/devicepool.docc`.
public enum Manual {
  public struct Page: Sendable {
    /// Relative to the repository's root.
    public let path: String
    public let text: String

    public func replace(with text: String) throws {
      try text.write(to: Repository.root.appending(path: path), atomically: true, encoding: .utf8)
    }
  }

  public static let folder = "Sources/devicepool/devicepool.docc"

  /// Every page, README.md first.
  public static var pages: [Page] {
    get throws {
      let names = try FileManager.default.contentsOfDirectory(atPath: Repository.root.appending(path: folder).path)
      return try (["README.md"] + names.filter { $0.hasSuffix(".md") }.sorted().map { "\(folder)/\($0)" })
        .map { Page(path: $0, text: try Repository.text($0)) }
    }
  }

  /// Compares the text between `<!-- name: begin -->` and `<!-- name: end -->` with `expected`, in the one page that has
  /// them. With `UPDATE_GOLDEN=1` in the environment it writes the text instead.
  ///
  /// - Returns: what stands there; equal to `expected` after an update. Nil when no page has the place.
  public static func generated(_ name: String, expected: String) throws -> String? {
    let begin = "<!-- \(name): begin -->\n"
    let end = "\n<!-- \(name): end -->"
    for page in try pages {
      guard let start = page.text.range(of: begin)?.upperBound,
        let stop = page.text.range(of: end, range: start..<page.text.endIndex)?.lowerBound
      else { continue }
      guard updates else { return String(page.text[start..<stop]) }
      try page.replace(with: page.text.replacingCharacters(in: start..<stop, with: expected))
      return expected
    }
    return nil
  }

  /// Whether tests write what they would compare.
  public static var updates: Bool { ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" }
}
