/// A key of a selector object, and how its value becomes a stage.
public struct SelectorKind: Sendable {
  /// A selector's value as the file has it.
  public enum Value: Sendable, Equatable {
    case list([String])
    case text(String)
    case flag(Bool)
  }
  /// What kind of value the selector takes.
  public enum Shape: Sendable {
    case list, text, flag
  }
  /// Whether a selector object can lack the key.
  public enum Presence: Sendable {
    case optional
    /// Every selector object must have it, and not empty.
    case required
  }
  public let key: String
  public let shape: Shape
  public let presence: Presence
  /// One sentence for the configuration's reference.
  public let meaning: String
  /// Returns nil for a value that selects nothing in particular (an empty list, `false`). Warnings go to `note`.
  public let compile:
    @Sendable (_ value: Value, _ path: ConfigPath, _ note: (ConfigProblem) -> Void) throws(ConfigProblem) -> Selector?

  public init(
    key: String, shape: Shape, presence: Presence = .optional, meaning: String,
    compile: @escaping @Sendable (Value, ConfigPath, (ConfigProblem) -> Void) throws(ConfigProblem) -> Selector?
  ) {
    self.key = key
    self.shape = shape
    self.presence = presence
    self.meaning = meaning
    self.compile = compile
  }

  /// A key whose value is a list of strings; an empty list asks for nothing.
  static func list(
    _ key: String, presence: Presence = .optional, meaning: String,
    compile: @escaping @Sendable ([String], ConfigPath, (ConfigProblem) -> Void) throws(ConfigProblem) -> Selector
  ) -> SelectorKind {
    SelectorKind(key: key, shape: .list, presence: presence, meaning: meaning) {
      value, path, note throws(ConfigProblem) in
      guard case .list(let values) = value, !values.isEmpty else { return nil }
      return try compile(values, path, note)
    }
  }
}
