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
    /// Its claims of Dynamic Resource Allocation; kubelet reports them since 1.34.
    public var claims: [Claim]

    public init(name: String, devices: [Devices], claims: [Claim] = []) {
      self.name = name
      self.devices = devices
      self.claims = claims
    }
  }

  /// One ResourceClaim of a container. Corresponds to `v1.DynamicResource`.
  public struct Claim: Sendable, Equatable {
    public var name: String
    public var namespace: String
    public var devices: [ClaimedDevice]

    public init(name: String, namespace: String, devices: [ClaimedDevice]) {
      self.name = name
      self.namespace = namespace
      self.devices = devices
    }
  }

  /// One device of a claim, as its driver's ResourceSlice calls it. Corresponds to `v1.ClaimResource`.
  public struct ClaimedDevice: Sendable, Equatable {
    public var driver: String
    public var pool: String
    public var device: String
    /// Fully qualified: `vendor.com/class=name`.
    public var cdiNames: [String]

    public init(driver: String, pool: String, device: String, cdiNames: [String] = []) {
      self.driver = driver
      self.pool = pool
      self.device = device
      self.cdiNames = cdiNames
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
