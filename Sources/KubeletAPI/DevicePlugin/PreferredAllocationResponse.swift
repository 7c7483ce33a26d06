/// The devices that the plugin would choose, one list of ids per container. An empty list means no preference; an error
/// instead of an answer would fail the pod. Corresponds to `v1beta1.PreferredAllocationResponse`.
public struct PreferredAllocationResponse: WireMessage {
  public var containers: [[String]]

  public init(containers: [[String]]) {
    self.containers = containers
  }
}
