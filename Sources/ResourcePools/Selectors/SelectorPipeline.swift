public import HostInventory

/// The stages of one selector object, in the device type's order: a device must pass them all.
public struct SelectorPipeline: Sendable {
  public let stages: [Selector]

  public init(stages: [Selector]) { self.stages = stages }

  /// The first stage that drops the device; nil when it passes them all.
  public func firstRefusal(of device: Device) -> Selector? {
    stages.first { !$0.accepts(device) }
  }
}
