/// Why a text is not JSON.
public struct JSONSyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Where the mistake is.
  public let position: JSONPosition
  /// What stands there, e.g. `'}'` or `the end of the text`.
  public let found: String
  /// What should stand there, e.g. `a value`.
  public let expected: String

  init(position: JSONPosition, found: String, expected: String) {
    self.position = position
    self.found = found
    self.expected = expected
  }

  /// The message without the position, e.g. `found '}', expected a value`.
  public var reason: String { "found \(found), expected \(expected)" }

  public var description: String { "line \(position.line), column \(position.column): \(reason)" }
}
