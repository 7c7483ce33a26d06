/// The devices that kubelet has chosen. Corresponds to `v1beta1.AllocateRequest`.
public struct AllocateRequest: WireMessage {
  /// The device ids of each container, in no order. kubelet sends one container in each call.
  public var containers: [[String]]

  /// Creates kubelet's request.
  public init(containers: [[String]]) {
    self.containers = containers
  }
}
