public import HostInventory

/// The stages of one selector object, in the device type's order: a device must pass them all.
public struct SelectorPipeline: Sendable {
  public let stages: [Selector]

  public init(stages: [Selector]) { self.stages = stages }

  /// The first stage that drops the device; nil when it passes them all.
  public func firstRefusal(of device: Device) -> Selector? {
    stages.first { !$0.accepts(device) }
  }

  /// As above, with only the stages asked that look at one of these facts.
  public func firstRefusal(of device: Device, judging facts: [Selector.Fact]) -> Selector? {
    stages.first { facts.contains($0.fact) && !$0.accepts(device) }
  }
}
