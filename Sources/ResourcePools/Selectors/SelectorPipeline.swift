public import HostInventory

/// The stages of one selector object, in the device type's order. A device must pass them all.
public struct SelectorPipeline: Sendable {
  /// The stages in their order.
  public let stages: [Selector]

  /// Creates a pipeline; without stages every device passes.
  public init(stages: [Selector]) { self.stages = stages }

  /// The first stage that drops the device; nil when it passes all.
  public func firstRefusal(of device: Device) -> Selector? {
    stages.first { !$0.accepts(device) }
  }

  /// The same, with only the stages that look at one of these facts.
  public func firstRefusal(of device: Device, judging facts: [Selector.Fact]) -> Selector? {
    stages.first { facts.contains($0.fact) && !$0.accepts(device) }
  }
}
