public import KubeletState

/// Which kernel devices belong where: what is found for the devices of one container.
public struct DevicePlacement<Namespace: Sendable>: Sendable {
  public var pod: PodReference
  public var sandbox: String
  public var target: PodNamespace<Namespace>.Target
  /// In the order in which they are moved.
  public var devices: [DevicePath]
}
