/// The devices of one pod. Corresponds to `v1.PodResources`.
public struct PodResources: WireMessage {
  public var name: String
  public var namespace: String
  public var containers: [Container]

  public init(name: String, namespace: String, containers: [Container]) {
    self.name = name
    self.namespace = namespace
    self.containers = containers
  }

  /// The devices of one container. Corresponds to `v1.ContainerResources`.
  public struct Container: Sendable, Equatable {
    public var name: String
    public var devices: [Devices]

    public init(name: String, devices: [Devices]) {
      self.name = name
      self.devices = devices
    }
  }

  /// Some devices of one resource; kubelet sends one of these per device and NUMA node, so that the same resource comes
  /// again and again. Corresponds to `v1.ContainerDevices`.
  public struct Devices: Sendable, Equatable {
    public var resourceName: String
    public var ids: [String]
    /// nil means no topology.
    public var numaNodes: [Int]?

    public init(resourceName: String, ids: [String], numaNodes: [Int]? = nil) {
      self.resourceName = resourceName
      self.ids = ids
      self.numaNodes = numaNodes
    }
  }
}
