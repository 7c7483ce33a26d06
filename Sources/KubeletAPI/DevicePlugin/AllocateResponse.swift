/// What containers get for their devices, in the order of the request. Corresponds to `v1beta1.AllocateResponse`.
public struct AllocateResponse: WireMessage {
  public var containers: [ContainerAllocateResponse]

  public init(containers: [ContainerAllocateResponse]) {
    self.containers = containers
  }
}
