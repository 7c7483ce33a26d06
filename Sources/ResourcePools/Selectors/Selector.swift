public import HostInventory

/// One compiled selector: a stage of a pipeline.
public struct Selector: Sendable {
  /// The kind of fact that a stage looks at; some are hidden while a pod uses the device.
  public enum Fact: Sendable {
    /// A fact that does not change while the device exists.
    case identity
    /// The bound driver, which an operator may change at any time.
    case driver
    /// The netdev or the RDMA device, which is not visible while it is in a pod's network namespace.
    case link
  }

  /// The key in the configuration, e.g. `pfNames`.
  public let key: String
  /// The values as the operator wrote them, for explanations.
  public let wanted: [String]
  /// The kind of fact that the stage looks at.
  public let fact: Fact
  /// The device's value for this key, for explanations.
  public let seen: @Sendable (Device) -> String
  /// Whether the device passes the stage.
  public let accepts: @Sendable (Device) -> Bool
  /// Which of the values count for a device, for explanations; nil when all do.
  let counting: (@Sendable (Device) -> Counting)?

  /// The values that count for one device, and a note about the others.
  struct Counting {
    let wanted: [String]
    let advice: String?
  }

  init(
    key: String, wanted: [String], fact: Fact = .identity, seen: @escaping @Sendable (Device) -> String,
    counting: (@Sendable (Device) -> Counting)? = nil, accepts: @escaping @Sendable (Device) -> Bool
  ) {
    self.counting = counting
    self.key = key
    self.wanted = wanted
    self.fact = fact
    self.seen = seen
    self.accepts = accepts
  }

  /// What is said of a device that the stage drops.
  func refusal(of device: Device) -> Refusal {
    guard let counting = counting?(device) else { return Refusal(stage: key, seen: seen(device), wanted: wanted) }
    var refusal = Refusal(stage: key, seen: seen(device), wanted: counting.wanted)
    refusal.advice = counting.advice
    return refusal
  }
}
