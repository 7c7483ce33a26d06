extension JSONNode {
  /// The value without positions, ready to be written. Members keep their order, repeated keys included.
  public var jsonValue: JSONValue {
    switch value {
    case .null: .null
    case .bool(let flag): .bool(flag)
    case .number(let text): Int(text).map { .int($0) } ?? .number(text)
    case .string(let text): .string(text)
    case .array(let items): .array(items.map(\.jsonValue))
    case .object(let members): .object(members.map { .init($0.key, $0.value.jsonValue) })
    }
  }
}

extension JSONValue {
  /// The value of the last field with this key. Nil when there is none or this is not an object; assigning nil removes
  /// the field.
  public subscript(key: String) -> JSONValue? {
    get {
      guard case .object(let fields) = self else { return nil }
      return fields.last { $0.key == key }?.value
    }
    set {
      guard case .object(var fields) = self else { return }
      let place = fields.lastIndex { $0.key == key }
      switch (place, newValue) {
      case (let place?, let value?): fields[place].value = value
      case (let place?, nil): fields.remove(at: place)
      case (nil, let value?): fields.append(.init(key, value))
      case (nil, nil): break
      }
      self = .object(fields)
    }
  }

  /// The text; nil when the value is not a string.
  public var string: String? { if case .string(let text) = self { text } else { nil } }
  /// The number; nil when the value is not an integer.
  public var int: Int? { if case .int(let number) = self { number } else { nil } }
  /// The elements; nil when the value is not an array.
  public var array: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
  /// The fields in their order; nil when the value is not an object.
  public var fields: [Field]? { if case .object(let fields) = self { fields } else { nil } }
}
