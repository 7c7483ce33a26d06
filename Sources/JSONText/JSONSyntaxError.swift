/// Why a text is not JSON: the position, what was found there, and what was expected.
public struct JSONSyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
  public let position: JSONPosition
  public let found: String
  public let expected: String

  public init(position: JSONPosition, found: String, expected: String) {
    self.position = position
    self.found = found
    self.expected = expected
  }

  /// `found '}', expected a value`: for a text that names the place itself.
  public var reason: String { "found \(found), expected \(expected)" }

  public var description: String { "line \(position.line), column \(position.column): \(reason)" }
}
