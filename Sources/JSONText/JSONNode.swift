/// A value of a JSON text with its position there.
public struct JSONNode: Sendable {
  /// The kind of value and its contents. Members keep the text's order, repeated keys included.
  public enum Value: Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number as it is written, e.g. `-1.50e3`.
    case number(String)
    /// A string without its escapes.
    case string(String)
    /// The elements of an array.
    case array([JSONNode])
    /// The members of an object.
    case object([JSONMember])
  }

  /// The kind of value and its contents.
  public let value: Value
  /// The position of the value's first byte.
  public let position: JSONPosition

  /// Creates a node, e.g. for a default that no text contains.
  public init(value: Value, position: JSONPosition) {
    self.value = value
    self.position = position
  }

  /// Parses one JSON text as strictly as RFC 8259 and Go's decoder: without byte order mark, comments, trailing commas
  /// or anything but white space after the value.
  ///
  /// Bytes of a string that are not UTF-8, and lone surrogates, become one U+FFFD each, as in Go.
  ///
  /// - Throws: The first mistake, with its position; also when containers nest deeper than `maximumDepth`.
  public static func parse(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSONNode {
    var parser = JSONParser(bytes: bytes)
    return try parser.parse()
  }

  /// How deep arrays and objects may nest. Go's decoder has the same limit.
  public static let maximumDepth = 10_000
}

/// A key of an object and its value.
public struct JSONMember: Sendable {
  /// The key without its escapes.
  public let key: String
  /// The position of the key's opening quote.
  public let position: JSONPosition
  /// The value that belongs to the key.
  public let value: JSONNode

  init(key: String, position: JSONPosition, value: JSONNode) {
    self.key = key
    self.position = position
    self.value = value
  }
}

extension JSONNode {
  /// Whether the value is `null`.
  public var isNull: Bool { if case .null = value { true } else { false } }

  /// The text; nil when the value is not a string.
  public var string: String? { if case .string(let text) = value { text } else { nil } }
  /// The flag; nil when the value is not a boolean.
  public var bool: Bool? { if case .bool(let flag) = value { flag } else { nil } }
  /// The elements; nil when the value is not an array.
  public var array: [JSONNode]? { if case .array(let items) = value { items } else { nil } }
  /// The members in the text's order; nil when the value is not an object.
  public var members: [JSONMember]? { if case .object(let members) = value { members } else { nil } }

  /// The number; nil unless it is written as an integer and fits. As in Go, `1.0` and `1e3` are not integers.
  public var int: Int? { if case .number(let text) = value { Int(text) } else { nil } }
  /// The number; nil unless it is written as an integer from 0 to 2⁶⁴−1.
  public var uint64: UInt64? { if case .number(let text) = value { UInt64(text) } else { nil } }

  /// The value of the last member with exactly this key; nil when there is none or this is not an object.
  public subscript(key: String) -> JSONNode? {
    members?.last { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }

  /// The value of the last member whose key Go's decoder takes for this one; nil when there is none.
  public subscript(folding key: String) -> JSONNode? {
    let wanted = JSONKey.folded(key)
    return members?.last { JSONKey.folded($0.key) == wanted }?.value
  }

  /// A description of the value for messages, e.g. `a list` or `the string "x"`; long values are cut.
  public var summary: String {
    switch value {
    case .null: "null"
    case .bool(let flag): flag ? "true" : "false"
    case .number(let text): "the number \(text.prefix(24))"
    case .string(let text): "the string \(JSONValue.string(String(text.prefix(40))).text(escaping: .minimal))"
    case .array: "a list"
    case .object: "an object"
    }
  }

  /// The kind of the value for messages that must not show it, e.g. `a string`.
  public var kind: String {
    switch value {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }
}
