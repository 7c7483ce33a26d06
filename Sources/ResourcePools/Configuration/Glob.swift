/// A pattern for a whole name: `*` matches any text and `?` one character.
public struct Glob: Sendable, Hashable {
  /// The text of the pattern.
  public let pattern: String
  private let scalars: [Unicode.Scalar]

  /// Compiles a pattern; every text is one.
  public init(_ pattern: String) {
    self.pattern = pattern
    scalars = Array(pattern.unicodeScalars)
  }

  /// Whether the pattern has no wildcard.
  public var isLiteral: Bool { !scalars.contains("*") && !scalars.contains("?") }

  /// Whether the pattern matches the whole name. The time is at most proportional to the product of both lengths.
  public func matches(_ name: String) -> Bool {
    let text = Array(name.unicodeScalars)
    var (index, place) = (0, 0)
    // The place to continue when the text after the last star does not match: the star takes one character more.
    var retry: (place: Int, index: Int)?
    while index < text.count {
      if place < scalars.count, scalars[place] == "*" {
        place += 1
        retry = (place, index)
      } else if place < scalars.count, scalars[place] == "?" || scalars[place] == text[index] {
        place += 1
        index += 1
      } else if let last = retry {
        retry = (last.place, last.index + 1)
        (place, index) = (last.place, last.index + 1)
      } else {
        return false
      }
    }
    return scalars[place...].allSatisfy { $0 == "*" }
  }
}
