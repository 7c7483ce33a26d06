/// Why a pool, or one stage of its selectors, does not take a device.
public struct Refusal: Sendable, Equatable {
  /// The stage: the key of a selector, or e.g. `driver` or `sriov_numvfs` for a rule of the device type.
  public let stage: String
  /// The device's value, or a sentence when `wanted` is empty.
  public let seen: String
  /// The values that would be accepted; empty when none would.
  public let wanted: [String]
  /// What can be done; nil when nothing is known.
  public var advice: String?

  /// Creates a refusal without advice.
  public init(stage: String, seen: String, wanted: [String]) {
    self.stage = stage
    self.seen = seen
    self.wanted = wanted
  }
}

extension Refusal: CustomStringConvertible {
  public var description: String {
    let wish = wanted.joined(separator: " or ")
    let verdict = wanted.isEmpty ? "\(stage): \(seen)" : "\(stage): saw \(seen), want \(wish)"
    return advice.map { "\(verdict); \($0)" } ?? verdict
  }
}
