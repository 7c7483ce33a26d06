public import HostInventory

/// One compiled stage of a pipeline.
public struct Selector: Sendable {
  /// The configuration's key: `pfNames`.
  public let key: String
  /// The values as the operator wrote them, for explanations.
  public let wanted: [String]
  /// What the device has to show for this key, for explanations.
  public let seen: @Sendable (Device) -> String
  public let accepts: @Sendable (Device) -> Bool

  public init(
    key: String, wanted: [String], seen: @escaping @Sendable (Device) -> String,
    accepts: @escaping @Sendable (Device) -> Bool
  ) {
    self.key = key
    self.wanted = wanted
    self.seen = seen
    self.accepts = accepts
  }
}
