public import KubeletAPI

/// What one container gets of all its resources, as kubelet hands it to the container runtime.
public struct ContainerView: Sendable, Equatable {
  public let name: String
  /// The ids it holds, sorted, by resource.
  public let deviceIDs: [String: [String]]
  public private(set) var environment: [String: String] = [:]
  public private(set) var mounts: [ContainerAllocateResponse.Mount] = []
  public private(set) var devices: [ContainerAllocateResponse.Device] = []
  public private(set) var annotations: [String: String] = [:]
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
