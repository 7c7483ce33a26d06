/// A pattern over a whole name: `*` stands for any text, `?` for one character, everything else for itself.
public struct Glob: Sendable, Hashable {
  public let pattern: String
  private let scalars: [Unicode.Scalar]

  public init(_ pattern: String) {
    self.pattern = pattern
    scalars = Array(pattern.unicodeScalars)
  }

  /// No wildcard in it.
  public var isLiteral: Bool { !scalars.contains("*") && !scalars.contains("?") }

  /// In time proportional to pattern length times name length, whatever the pattern.
  public func matches(_ name: String) -> Bool {
    let text = Array(name.unicodeScalars)
    var (index, place) = (0, 0)
    // Where to go on when what follows the last star does not fit: the star takes one character more.
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
