public import JSONText

/// One entry of `resourceList` or `configList`, decoded and compiled.
public struct PoolConfig: Sendable {
  /// The entry's place in the file, e.g. `resourceList[2]`.
  public var path: ConfigPath
  /// The file's name, as it was given.
  public var file: String = ""
  /// The entry's line and column; nil when it is not from a file.
  public var position: JSONPosition?
  /// The entry as its file has it; nil when it is not from a file.
  var entry: JSONValue?
  /// The extended resource that the pool is offered as.
  public var name: ResourceName
  /// The kind of devices in the pool (`deviceType`).
  public var type: DeviceType
  /// The selector objects in the file's order; a device belongs to the pool by the first one that takes it.
  public var selectors: [SelectorObject]
  /// Whether kubelet gets no NUMA nodes of the devices.
  public var excludeTopology: Bool = false
  /// Which free devices kubelet should prefer.
  public var preferredAllocation: Preference = .none
  /// Whether the configuration has no preference, so that the NPU vendor's default applies, for its cards only.
  public var preferenceIsImplied: Bool = false
  /// How often every device is advertised, as `<id>::<n>`; 1 advertises it once by its own id.
  public var replicas: Int = 1
  /// What can make a device unhealthy.
  public var healthChecks: Set<HealthCheck> = Set(HealthCheck.allCases)
  /// The interface by which kubelet gets the devices.
  public var serve: FrontEndKind = .devicePlugin
  /// Patterns for the names of nodes on which the pool applies; empty means every node.
  public var nodeNames: [String] = []
  /// Whether the pool is no longer in the configuration. It keeps the units that pods have, so that kubelet can start
  /// their containers again, and offers no others.
  public var isRetired = false
  /// Options of a pool of `configList`, whose devices many containers share; nil for other pools.
  public var shared: SharedOptions?
  /// The values of keys that only some device types have, by key.
  private var options: [String: any Sendable] = [:]

  /// Creates a pool with the defaults of all other keys.
  public init(path: ConfigPath, name: ResourceName, type: DeviceType, selectors: [SelectorObject]) {
    self.path = path
    self.name = name
    self.type = type
    self.selectors = selectors
  }

  /// The value of a key that only some device types have; nil when it is absent.
  subscript<Value>(option: PoolOption<Value>) -> Value? {
    get { value(of: option.key.name) as? Value }
    set { options[option.key.name] = newValue }
  }

  func value(of key: String) -> (any Sendable)? { options[key] }

  /// Options that only pools of `configList` have.
  public struct SharedOptions: Sendable, Equatable {
    /// The number of units that are advertised; their ids are `0` to `rdmaHcaMax - 1`.
    public var rdmaHcaMax: Int
    /// Whether the selected interfaces are set up at start, as the RDMA shared device plugin does.
    public var setLinkUp: Bool
    /// Creates the options.
    public init(rdmaHcaMax: Int, setLinkUp: Bool = false) {
      self.rdmaHcaMax = rdmaHcaMax
      self.setLinkUp = setLinkUp
    }
  }
}

/// What can make a device unhealthy (`healthChecks`).
public enum HealthCheck: String, Sendable, CaseIterable {
  /// A device that a pod has no longer exists, or its pool no longer has the unit.
  case present
  /// A device that a pod has is bound to another driver, or no longer fits its pool for another reason.
  case driver
  /// The interface is up but has no carrier.
  case link
  /// vfio can't use its IOMMU group, or another container has it.
  case group
  /// Its network interface is lost.
  case interface
  /// A DRA driver has allocated it.
  case claim
}

/// Which free devices kubelet should prefer (`preferredAllocation`).
public enum Preference: String, Sendable, CaseIterable {
  /// kubelet chooses.
  case none
  /// Use up one PF before the next.
  case packed
  /// Alternate PFs.
  case spread
  /// Keep devices near each other: below one bridge, root port or NUMA node.
  case topology
}
