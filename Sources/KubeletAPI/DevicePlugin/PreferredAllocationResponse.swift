/// The devices that the plugin would choose. An error instead of this answer fails the pod. Corresponds to
/// `v1beta1.PreferredAllocationResponse`.
public struct PreferredAllocationResponse: WireMessage {
  /// The ids for each container, in the order of the request; an empty list means no preference.
  public var containers: [[String]]

  /// Creates the plugin's answer.
  public init(containers: [[String]]) {
    self.containers = containers
  }
}
