/// The devices of one pod. Corresponds to `v1.PodResources`.
public struct PodResources: WireMessage {
  /// The pod's name.
  public var name: String
  /// The pod's Kubernetes namespace.
  public var namespace: String
  /// One entry for each container that kubelet reports.
  public var containers: [Container]

  /// Describes one pod.
  public init(name: String, namespace: String, containers: [Container]) {
    self.name = name
    self.namespace = namespace
    self.containers = containers
  }

  /// The devices of one container. Corresponds to `v1.ContainerResources`.
  public struct Container: Sendable, Equatable {
    /// The container's name.
    public var name: String
    /// The devices from device plugins, several entries for one resource.
    public var devices: [Devices]
    /// The ResourceClaims that the container uses; kubelet reports them since 1.34.
    public var claims: [Claim]

    /// Describes one container.
    public init(name: String, devices: [Devices], claims: [Claim] = []) {
      self.name = name
      self.devices = devices
      self.claims = claims
    }
  }

  /// One ResourceClaim that a container uses. Corresponds to `v1.DynamicResource`.
  public struct Claim: Sendable, Equatable {
    /// The claim's name.
    public var name: String
    /// The claim's Kubernetes namespace.
    public var namespace: String
    /// The claim's devices, of all drivers.
    public var devices: [ClaimedDevice]

    /// Describes one claim.
    public init(name: String, namespace: String, devices: [ClaimedDevice]) {
      self.name = name
      self.namespace = namespace
      self.devices = devices
    }
  }

  /// One device of a claim, by its names in the driver's ResourceSlice. Corresponds to `v1.ClaimResource`.
  public struct ClaimedDevice: Sendable, Equatable {
    /// The name of the DRA driver.
    public var driver: String
    /// The pool of the device in its ResourceSlice.
    public var pool: String
    /// The name of the device in its ResourceSlice.
    public var device: String
    /// Fully qualified names of its CDI devices, `vendor/class=name`.
    public var cdiNames: [String]

    /// Describes one claimed device.
    public init(driver: String, pool: String, device: String, cdiNames: [String] = []) {
      self.driver = driver
      self.pool = pool
      self.device = device
      self.cdiNames = cdiNames
    }
  }

  /// Some devices of one resource. kubelet sends one entry for each device and NUMA node, so that a resource has
  /// several entries. Corresponds to `v1.ContainerDevices`.
  public struct Devices: Sendable, Equatable {
    /// The extended resource, e.g. `intel.com/sriov_net`.
    public var resourceName: String
    /// The ids of the devices, as their plugin listed them.
    public var ids: [String]
    /// The NUMA nodes of the devices; nil when they have no topology.
    public var numaNodes: [Int]?

    /// Describes some devices of one resource.
    public init(resourceName: String, ids: [String], numaNodes: [Int]? = nil) {
      self.resourceName = resourceName
      self.ids = ids
      self.numaNodes = numaNodes
    }
  }
}
