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
  public var preferredAllocation: Preference = .none
  /// The configuration names no preference: the NPU vendor's default applies, for its cards only.
  public var preferenceIsImplied: Bool = false
  /// Every device is advertised this many times, as `<id>::<n>`; 1: once, by its own id.
  public var replicas: Int = 1
  public var healthChecks: Set<HealthCheck> = Set(HealthCheck.allCases)
  /// Which of kubelet's interfaces hands the devices out.
  public var serve: FrontEndKind = .devicePlugin
  /// Globs; the pool applies only where the node's name matches one. Empty: everywhere.
  public var nodeNames: [String] = []
  /// It is no longer in the configuration. It keeps the units that pods have, so that kubelet can start their containers
  /// again, and offers none.
  public var isRetired = false
  /// Only for pools of `configList`, whose devices are shared and not claimed.
  public var shared: SharedOptions?
  /// Values of the keys that device types have of their own, by key.
  private var options: [String: any Sendable] = [:]

  public init(path: ConfigPath, name: ResourceName, type: DeviceType, selectors: [SelectorObject]) {
    self.path = path
    self.name = name
    self.type = type
    self.selectors = selectors
  }

  /// The value of a key that device types have of their own; nil when it is absent.
  subscript<Value>(option: PoolOption<Value>) -> Value? {
    get { value(of: option.key.name) as? Value }
    set { options[option.key.name] = newValue }
  }

  func value(of key: String) -> (any Sendable)? { options[key] }

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
