/// A value of a JSON text and where it stands there.
public struct JSONNode: Sendable {
  /// What the text says at this place; members stay in the text's order, repeated keys included.
  public enum Value: Sendable {
    case null
    case bool(Bool)
    /// As it is written: `-1.50e3`.
    case number(String)
    case string(String)
    case array([JSONNode])
    case object([JSONMember])
  }

  public let value: Value
  /// The position of the value's first byte.
  public let position: JSONPosition

  public init(value: Value, position: JSONPosition) {
    self.value = value
    self.position = position
  }

  /// Reads one JSON text, as strictly as RFC 8259 and Go's decoder: no byte order mark, comment or trailing comma,
  /// nothing but white space after the value, at most `maximumDepth` containers inside each other.
  ///
  /// Bytes of a string that are not UTF-8, and lone surrogates, become one U+FFFD each, as in Go.
  public static func parse(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSONNode {
    var parser = JSONParser(bytes: bytes)
    return try parser.parse()
  }

  /// How deep arrays and objects may nest; Go's limit.
  public static let maximumDepth = 10_000
}

/// A key of an object with its value.
public struct JSONMember: Sendable {
  public let key: String
  /// The position of the key's opening quote.
  public let position: JSONPosition
  public let value: JSONNode

  public init(key: String, position: JSONPosition, value: JSONNode) {
    self.key = key
    self.position = position
    self.value = value
  }
}

extension JSONNode {
  public var isNull: Bool { if case .null = value { true } else { false } }

  /// The value as text; nil when it has another type. The following properties do the same.
  public var string: String? { if case .string(let text) = value { text } else { nil } }
  public var bool: Bool? { if case .bool(let flag) = value { flag } else { nil } }
  public var array: [JSONNode]? { if case .array(let items) = value { items } else { nil } }
  public var members: [JSONMember]? { if case .object(let members) = value { members } else { nil } }

  /// A number that is written as an integer and fits; `1.0` and `1e3` are none, as in Go.
  public var int: Int? { if case .number(let text) = value { Int(text) } else { nil } }
  public var uint64: UInt64? { if case .number(let text) = value { UInt64(text) } else { nil } }

  /// The value of the last member with exactly this key; nil when there is none or this is not an object.
  public subscript(key: String) -> JSONNode? {
    members?.last { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }

  /// The value of the last member whose key Go's decoder would take for this one.
  public subscript(folding key: String) -> JSONNode? {
    let wanted = JSONKey.folded(key)
    return members?.last { JSONKey.folded($0.key) == wanted }?.value
  }

  /// What the value is, for error texts: `a list`, `the string "x"`; strings are cut to a readable length.
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

  /// What kind of value it is, without the value: for texts that must not show it.
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
