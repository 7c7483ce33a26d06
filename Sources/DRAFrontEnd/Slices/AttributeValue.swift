public import JSONText

/// A value of a device's attribute, as `resource.k8s.io/v1` has it.
public enum AttributeValue: Sendable, Equatable {
  /// A text of at most 64 bytes.
  case string(String)
  /// A number.
  case int(Int)
  /// A truth value.
  case bool(Bool)

  /// The API refuses longer strings.
  static let longestString = 64

  /// The value with its type as the key, e.g. `{"int": 1}`.
  public var json: JSONValue {
    switch self {
    case .string(let text): .object([.init("string", .string(text))])
    case .int(let number): .object([.init("int", .int(number))])
    case .bool(let flag): .object([.init("bool", .bool(flag))])
    }
  }
}
