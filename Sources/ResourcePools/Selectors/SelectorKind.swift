/// A key of a selector object, and how its value is compiled to a stage.
public struct SelectorKind: Sendable {
  /// The value of a selector in the file.
  public enum Value: Sendable, Equatable {
    /// A list of strings.
    case list([String])
    /// A string.
    case text(String)
    /// `true` or `false`.
    case flag(Bool)
  }
  /// The type of value that the selector takes.
  public enum Shape: Sendable {
    /// A list of strings, a string, or `true` and `false`.
    case list, text, flag
  }
  /// Whether a selector object may lack the key.
  public enum Presence: Sendable {
    /// It may.
    case optional
    /// It may not, and the value must not be empty.
    case required
  }
  /// The key in the configuration.
  public let key: String
  /// The type of its value.
  public let shape: Shape
  /// Whether a selector object may lack it.
  public let presence: Presence
  /// One sentence for the configuration's reference.
  public let meaning: String
  /// Compiles a value; nil for one that selects nothing in particular, such as an empty list or `false`. Warnings go to
  /// `note`.
  ///
  /// - Throws: The problem that makes the value unusable.
  public let compile:
    @Sendable (_ value: Value, _ path: ConfigPath, _ note: (ConfigProblem) -> Void) throws(ConfigProblem) -> Selector?

  init(
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
