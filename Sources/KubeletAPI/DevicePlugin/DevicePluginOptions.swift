/// The optional calls that a plugin wants to receive. Corresponds to `v1beta1.DevicePluginOptions`.
public struct DevicePluginOptions: WireMessage {
  /// Whether kubelet calls `PreStartContainer` before each start of a container.
  public var preStartRequired: Bool
  /// Whether kubelet calls `GetPreferredAllocation` before it chooses devices.
  public var preferredAllocationAvailable: Bool

  /// Creates the options; a call that is left out is not made.
  public init(preStartRequired: Bool = false, preferredAllocationAvailable: Bool = false) {
    self.preStartRequired = preStartRequired
    self.preferredAllocationAvailable = preferredAllocationAvailable
  }
}
