public import JSONText

/// A value of a device's attribute, as `resource.k8s.io/v1` has it.
public enum AttributeValue: Sendable, Equatable {
  case string(String)
  case int(Int)
  case bool(Bool)

  /// The API refuses longer strings.
  static let longestString = 64

  public var json: JSONValue {
    switch self {
    case .string(let text): .object([.init("string", .string(text))])
    case .int(let number): .object([.init("int", .int(number))])
    case .bool(let flag): .object([.init("bool", .bool(flag))])
    }
  }
}
