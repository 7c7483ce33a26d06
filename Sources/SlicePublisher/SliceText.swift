import JSONText

/// A slice's spec as one text that is equal for equal specs: keys in order, quantities by value, nothing that the API server
/// adds by itself. The generation is not part of it.
enum SliceText {
  static func of(_ spec: JSONValue) -> String {
    var spec = spec
    spec["pool"]?["generation"] = nil
    if let devices = spec["devices"]?.array { spec["devices"] = .array(devices.map(device)) }
    return withoutEmpty(spec).text(escaping: .minimal, keys: .sorted)
  }

  private static func device(_ device: JSONValue) -> JSONValue {
    var device = device
    if let taints = device["taints"]?.array {
      device["taints"] = .array(
        taints.map { taint in
          var taint = taint
          // The server sets it where it is absent.
          taint["timeAdded"] = nil
          return taint
        })
    }
    if let capacity = device["capacity"]?.fields {
      device["capacity"] = .object(capacity.map { .init($0.key, quantities($0.value)) })
    }
    return device
  }

  /// Every string below a capacity is a quantity.
  private static func quantities(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text): Quantity(text).map { .number("\($0.billionths)") } ?? value
    case .array(let items): .array(items.map(quantities))
    case .object(let fields): .object(fields.map { .init($0.key, quantities($0.value)) })
    default: value
    }
  }

  /// Null, `[]` and `{}` are what the server leaves out.
  private static func withoutEmpty(_ value: JSONValue) -> JSONValue {
    switch value {
    case .array(let items): .array(items.map(withoutEmpty))
    case .object(let fields):
      .object(fields.map { .init($0.key, withoutEmpty($0.value)) }.filter { !isEmpty($0.value) })
    default: value
    }
  }

  private static func isEmpty(_ value: JSONValue) -> Bool {
    switch value {
    case .null: true
    case .array(let items): items.isEmpty
    case .object(let fields): fields.isEmpty
    default: false
    }
  }
}
