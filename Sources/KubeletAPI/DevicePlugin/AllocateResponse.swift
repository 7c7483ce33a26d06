/// What kubelet adds to the containers for their devices. Corresponds to `v1beta1.AllocateResponse`.
public struct AllocateResponse: WireMessage {
  /// One entry for each container, in the order of the request.
  public var containers: [ContainerAllocateResponse]

  /// Creates the plugin's answer.
  public init(containers: [ContainerAllocateResponse]) {
    self.containers = containers
  }
}
