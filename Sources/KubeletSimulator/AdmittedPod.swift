import KubeletAPI

/// A pod that holds its devices.
struct AdmittedPod: Sendable {
  let pod: Pod
  /// In the order of admission, init containers first.
  var containers: [AdmittedContainer] = []
}

struct AdmittedContainer: Sendable {
  let name: String
  /// By resource.
  var grants: [String: Grant] = [:]
}

/// Devices of one resource in one container, with the plugin's answer, which kubelet keeps for restarts.
struct Grant: Sendable {
  let ids: Set<String>
  /// The devices as they were listed when they were given.
  let devices: [PluginDevice]
  let answer: ContainerAllocateResponse
}
