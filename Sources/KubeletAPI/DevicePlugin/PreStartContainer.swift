/// A container with these devices is about to start, for the first time or again.
/// Corresponds to `v1beta1.PreStartContainerRequest`.
public struct PreStartContainerRequest: WireMessage {
  /// All ids of this resource that the container holds, in no order.
  public var deviceIDs: [String]

  public init(deviceIDs: [String]) {
    self.deviceIDs = deviceIDs
  }
}

/// The container may start. Corresponds to `v1beta1.PreStartContainerResponse`.
public struct PreStartContainerResponse: WireMessage {
  public init() {}
}
