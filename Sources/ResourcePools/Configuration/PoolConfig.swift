public import JSONText

/// One entry of `resourceList` or `configList`, decoded and compiled: no text remains to be interpreted.
public struct PoolConfig: Sendable {
  /// Where it stands: `resourceList[2]`.
  public var path: ConfigPath
  /// The file it stands in, as the caller named it, and where there.
  public var file: String = ""
  public var position: JSONPosition?
  public var name: ResourceName
  public var type: DeviceType
  /// In file order; a device belongs to the pool by the first one that takes it.
  public var selectors: [SelectorObject]
  /// Devices are listed without their NUMA node.
  public var excludeTopology: Bool = false
  /// By device id or `*`; nil when the key is absent, which is not the same as empty.
  public var additionalInfo: [String: [String: String]]?
  public var preferredAllocation: Preference = .none
  /// The configuration names no preference: the NPU vendor's default applies, for its cards only.
  public var preferenceIsImplied: Bool = false
  /// Every device is advertised this many times, as `<id>::<n>`; 1: once, by its own id.
  public var replicas: Int = 1
  public var healthChecks: Set<HealthCheck> = Set(HealthCheck.allCases)
  /// Leave out a NIC that carries the host's default route.
  public var excludeDefaultRoute: Bool = false
  /// Which of kubelet's interfaces hands the devices out.
  public var serve: FrontEndKind = .devicePlugin
  /// Globs; the pool applies only where the node's name matches one. Empty: everywhere.
  public var nodeNames: [String] = []
  /// `topology` may spread one container's NPUs over NUMA nodes; without it, a request that no node satisfies is refused.
  public var allowCrossNuma: Bool = false
  /// Function level reset before a device is handed out.
  public var resetOnAllocate: Bool = false
  /// RSD groups are made by `rbln-smi group` (NPU pools).
  public var rsdGroups: Bool = false
  public var vfio = VFIOOptions()
  public var networkNamespace: NetworkNamespaceOptions?
  public var ubsEngine: UBSEngineOptions?
  /// It is no longer in the configuration. It keeps the units that pods have, so that kubelet can start their containers
  /// again, and offers none.
  public var isRetired = false
  /// Only for pools of `configList`, whose devices are shared and not claimed.
  public var shared: SharedOptions?

  public init(path: ConfigPath, name: ResourceName, type: DeviceType, selectors: [SelectorObject]) {
    self.path = path
    self.name = name
    self.type = type
    self.selectors = selectors
  }

  /// Which nodes containers get of functions bound to vfio-pci.
  public struct VFIOOptions: Sendable, Equatable {
    public enum Nodes: String, Sendable, CaseIterable {
      /// `/dev/vfio/vfio` and `/dev/vfio/N`.
      case group
      /// `/dev/vfio/devices/vfioN`.
      case cdev
      case both
    }
    public var nodes = Nodes.group
    /// `/dev/iommu` as well.
    public var iommufd = false
    public init() {}
  }

  /// `netns` of a UB pool.
  public struct NetworkNamespaceOptions: Sendable, Equatable {
    /// Nil for the first runtime socket that exists.
    public var containerRuntimeEndpoint: String?
    /// Seconds between two checks of where allocated devices are; 0 turns the checks off.
    public var reconcileSeconds: Int = 15
    public init() {}
  }

  /// `ubse` of a UB pool.
  public struct UBSEngineOptions: Sendable, Equatable {
    public enum Dialect: String, Sendable, CaseIterable { case A, B, C, auto }
    public static let standardSocket = "/var/run/ubse/ubse.sock"
    public var socket: String
    public var dialect: Dialect
    /// Seconds between two requests for the list of devices.
    public var pollSeconds = 10
    public init(socket: String, dialect: Dialect) {
      self.socket = socket
      self.dialect = dialect
    }
  }

  /// What only `configList` knows.
  public struct SharedOptions: Sendable, Equatable {
    /// Units advertised: `0 … max-1`.
    public var rdmaHcaMax: Int
    /// Selected netdevs are set up at start, as the RDMA shared device plugin does.
    public var setLinkUp: Bool
    public init(rdmaHcaMax: Int, setLinkUp: Bool = false) {
      self.rdmaHcaMax = rdmaHcaMax
      self.setLinkUp = setLinkUp
    }
  }
}

/// What can make a device Unhealthy.
public enum HealthCheck: String, Sendable, CaseIterable {
  /// A device that a pod has is no longer on this host, or its pool no longer makes the unit.
  case present
  /// A device that a pod has is bound to another driver, or does not fit its pool for another reason.
  case driver
  /// The link is up and has lost its carrier.
  case link
  /// Its IOMMU group can't be used by vfio, or another container has it.
  case group
  /// Its network interface is lost.
  case interface
  /// A DRA driver has allocated it.
  case claim
}

/// Which free devices are offered to kubelet first.
public enum Preference: String, Sendable, CaseIterable {
  case none, packed, spread, topology
}
