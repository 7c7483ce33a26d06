public import JSONText

/// A taint, which keeps new claims from a device.
public struct DeviceTaint: Sendable, Equatable {
  /// The key, e.g. `devicepool/unhealthy`.
  public let key: String
  /// The reason, in the characters that a label's value allows.
  public let value: String

  /// The effect `NoSchedule`: pods that have the device keep it. An operator can evict them by a DeviceTaintRule.
  static let effect = "NoSchedule"

  /// Creates the taint of a device that is unhealthy for this reason.
  ///
  /// The value must be a label's value, so the reason is written with letters, digits and `-`, and cut after 63
  /// characters.
  init(unhealthy reason: String, driver: DriverName) {
    key = "\(driver)/unhealthy"
    value = String(ObjectName.label(reason))
  }

  /// The entry of a device's `taints`.
  public var json: JSONValue {
    .object([.init("key", .string(key)), .init("value", .string(value)), .init("effect", .string(Self.effect))])
  }
}
