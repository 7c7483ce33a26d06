/// Why a pool, or one stage of it, does not take a device.
public struct Refusal: Sendable, Equatable {
  /// The stage: a selector's key, or `driver`, `sriov_numvfs` … for what every pool of the type demands.
  public let stage: String
  /// The device's value.
  public let seen: String
  /// The values that would have been accepted.
  public let wanted: [String]
  /// Further explanation, and what can be done; nil when nothing is known.
  public var advice: String?

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
