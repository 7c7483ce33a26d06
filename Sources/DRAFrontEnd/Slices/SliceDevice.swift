public import JSONText

/// A device as a ResourceSlice lists it.
public struct SliceDevice: Sendable, Equatable {
  /// The name, a DNS label that is unique in the pool.
  public let name: String
  /// The attributes in the order in which they are written; each name once.
  public let attributes: [Attribute]
  /// How many claims can have the device at once; nil for one.
  public let slots: Int?
  /// The taint of an unhealthy device; nil for a healthy one.
  public let taint: DeviceTaint?

  /// One attribute: a name and a value.
  public struct Attribute: Sendable, Equatable {
    /// The name, with its domain unless that is the driver's name.
    public let name: String
    /// A text, a number or a truth value.
    public let value: AttributeValue
  }

  /// The least share of a device that a claim can request, and the only one.
  private static let share = "1"

  /// The entry of `spec.devices`.
  public var json: JSONValue {
    var fields: [JSONValue.Field] = [
      .init("name", .string(name)),
      .init("attributes", .object(attributes.map { .init($0.name, $0.value.json) })),
    ]
    if let slots {
      let policy: JSONValue = .object([
        .init("default", .string(Self.share)), .init("validValues", .strings([Self.share])),
      ])
      let capacity: JSONValue = .object([.init("value", .string(String(slots))), .init("requestPolicy", policy)])
      fields.append(.init("capacity", .object([.init("slots", capacity)])))
      fields.append(.init("allowMultipleAllocations", true))
    }
    if let taint { fields.append(.init("taints", .array([taint.json]))) }
    return .object(fields)
  }
}
