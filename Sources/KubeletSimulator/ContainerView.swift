public import KubeletAPI

/// What one container gets for all its resources, as kubelet passes it to the container runtime.
public struct ContainerView: Sendable, Equatable {
  /// The container's name.
  public let name: String
  /// The ids of its devices, sorted, for each resource.
  public let deviceIDs: [String: [String]]
  /// Environment variables of all Allocate answers; the first of equal names counts.
  public private(set) var environment: [String: String] = [:]
  /// Bind mounts of all answers; the first for a container path counts.
  public private(set) var mounts: [ContainerAllocateResponse.Mount] = []
  /// Device nodes of all answers; the first for a container path counts.
  public private(set) var devices: [ContainerAllocateResponse.Device] = []
  /// Annotations of all answers; the first of equal names counts.
  public private(set) var annotations: [String: String] = [:]
  /// CDI device names of all answers, each once.
  public private(set) var cdiDevices: [String] = []

  init(_ container: AdmittedContainer) {
    name = container.name
    deviceIDs = container.grants.mapValues { $0.ids.sorted() }
    // Kubelet walks a Go map here; by name is as good, and the same each time.
    for (_, grant) in container.grants.sorted(by: { $0.key < $1.key }) { merge(grant.answer) }
  }

  /// The first of two that collide stays: devices and mounts by their path in the container, CDI devices by name.
  mutating func merge(_ answer: ContainerAllocateResponse) {
    environment.merge(answer.environment) { first, _ in first }
    annotations.merge(answer.annotations) { first, _ in first }
    for mount in answer.mounts where !mounts.contains(where: { $0.containerPath == mount.containerPath }) {
      mounts.append(mount)
    }
    for device in answer.devices where !devices.contains(where: { $0.containerPath == device.containerPath }) {
      devices.append(device)
    }
    for name in answer.cdiDevices where !cdiDevices.contains(name) { cdiDevices.append(name) }
  }
}
