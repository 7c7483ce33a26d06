/// What a plugin wants to be asked. Corresponds to `v1beta1.DevicePluginOptions`.
public struct DevicePluginOptions: WireMessage {
  /// Whether kubelet calls `PreStartContainer` before each start of a container.
  public var preStartRequired: Bool
  /// Whether kubelet calls `GetPreferredAllocation` before it chooses devices.
  public var preferredAllocationAvailable: Bool

  public init(preStartRequired: Bool = false, preferredAllocationAvailable: Bool = false) {
    self.preStartRequired = preStartRequired
    self.preferredAllocationAvailable = preferredAllocationAvailable
  }
}
