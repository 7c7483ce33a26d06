/// Something that must be done on the host before a container gets its devices.
///
/// An attachment describes it as a value beside its nodes. The module Effects performs it; see `PerformableEffect`.
public protocol HostEffect: Sendable, Equatable, CustomStringConvertible {
  /// The id of the device that the effect resets; nil for other effects. The effect is left out while something uses
  /// the device.
  var resetDevice: String? { get }
}

extension HostEffect {
  /// nil, as for most effects.
  public var resetDevice: String? { nil }

  fileprivate func isEqual(to other: any HostEffect) -> Bool { other as? Self == self }
}

extension Allocation.Effect: Equatable {
  public static func == (a: Allocation.Effect, b: Allocation.Effect) -> Bool {
    switch (a, b) {
    case (.host(let first), .host(let second)): first.isEqual(to: second)
    case (.cdiSpec(let first), .cdiSpec(let second)): first == second
    case (.deviceInfo(let first), .deviceInfo(let second)): first == second
    default: false
    }
  }

  /// The id of the device that the effect resets; nil for other effects.
  public var resetDevice: String? { if case .host(let effect) = self { effect.resetDevice } else { nil } }
}
