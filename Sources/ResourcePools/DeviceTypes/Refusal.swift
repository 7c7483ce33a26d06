/// Why a pool, or one stage of it, does not take a device.
public struct Refusal: Sendable, Equatable {
  /// The stage: a selector's key, or `driver`, `sriov_numvfs` … for what every pool of the type demands.
  public let stage: String
  /// What the device has to show.
  public let seen: String
  /// What would have been taken.
  public let wanted: [String]

  public init(stage: String, seen: String, wanted: [String]) {
    self.stage = stage
    self.seen = seen
    self.wanted = wanted
  }
}

extension Refusal: CustomStringConvertible {
  public var description: String {
    wanted.isEmpty ? "\(stage): \(seen)" : "\(stage): saw \(seen), want \(wanted.joined(separator: " or "))"
  }
}
