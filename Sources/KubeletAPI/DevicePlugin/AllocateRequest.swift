/// The devices that kubelet has chosen, one list of ids per container; kubelet sends one container a call and its ids in
/// no order. Corresponds to `v1beta1.AllocateRequest`.
public struct AllocateRequest: WireMessage {
  public var containers: [[String]]

  public init(containers: [[String]]) {
    self.containers = containers
  }
}
