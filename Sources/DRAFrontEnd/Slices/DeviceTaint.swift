public import JSONText

/// A mark on a device that keeps new claims away from it.
public struct DeviceTaint: Sendable, Equatable {
  public let key: String
  public let value: String

  /// `NoSchedule`: pods that have the device keep it. Eviction is the operator's decision, by a DeviceTaintRule.
  static let effect = "NoSchedule"

  /// The taint of a device that is Unhealthy for this reason.
  ///
  /// The value is a label's value, so the reason is spelled with letters, digits and `-`, and cut at 63.
  init(unhealthy reason: String, driver: DriverName) {
    key = "\(driver)/unhealthy"
    value = String(ObjectName.label(reason))
  }

  public var json: JSONValue {
    .object([.init("key", .string(key)), .init("value", .string(value)), .init("effect", .string(Self.effect))])
  }
}
