import KubeletState

/// The result of a lookup: the kernel devices of one container, and the namespace they belong to.
struct DevicePlacement<Namespace: Sendable>: Sendable {
  var pod: PodReference
  var sandbox: String
  var target: PodNamespace<Namespace>.Target
  /// In the order in which they are moved.
  var devices: [DevicePath]
}
