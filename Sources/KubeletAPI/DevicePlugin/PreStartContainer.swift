/// Announces that a container with these devices starts, for the first time or again. Corresponds to
/// `v1beta1.PreStartContainerRequest`.
public struct PreStartContainerRequest: WireMessage {
  /// All device ids of this resource that the container has, in no order.
  public var deviceIDs: [String]

  /// Creates kubelet's request.
  public init(deviceIDs: [String]) {
    self.deviceIDs = deviceIDs
  }
}

/// The answer that lets the container start; an error keeps it from starting. Corresponds to
/// `v1beta1.PreStartContainerResponse`.
public struct PreStartContainerResponse: WireMessage {
  /// Creates the answer; it has no fields.
  public init() {}
}
