/// A JSON value to write. Objects keep the order of their fields.
public enum JSONValue: Sendable, Hashable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// An integer.
  case int(Int)
  /// Any other number as it is to be written, e.g. `1.5`. It must follow JSON's grammar.
  case number(String)
  /// A string; the writer adds the escapes.
  case string(String)
  /// The elements of an array.
  case array([JSONValue])
  /// The fields of an object.
  case object([Field])

  /// A key of an object and its value.
  public struct Field: Sendable, Hashable {
    /// The key; the writer adds the escapes.
    public var key: String
    /// The value that belongs to the key.
    public var value: JSONValue

    /// Creates a field.
    public init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// Creates an object with its keys in byte order, as Go writes a map.
  public static func sorted(_ fields: some Sequence<(key: String, value: JSONValue)>) -> JSONValue {
    .object(fields.map { Field($0.key, $0.value) }.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
  }

  /// Creates an array of strings.
  public static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .int(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { Field($0.0, $0.1) })
  }
  public init(nilLiteral: ()) { self = .null }
}
