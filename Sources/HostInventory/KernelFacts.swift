/// Facts about devices that no file tells: they come by netlink, from a tool or from an engine.
///
/// In production DevicePlugin reads them; a machine file carries them as `fact` lines, so that a recorded node answers
/// as the live one did. An optional that is nil means "not asked or not to be had"; sysfs then has to do.
public struct KernelFacts: Sendable, Equatable {
  /// Links of this network namespace by name (alternative names too); rtnetlink RTM_GETLINK.
  public var links: [String: Link]?
  /// Names of links by which the IPv4 default route leaves; rtnetlink RTM_GETROUTE.
  public var defaultRouteLinks: Set<String>
  /// devlink by PCI address.
  public var devlink: [PCIAddress: Devlink]
  /// The kernel tells eswitch modes to no one without CAP_NET_ADMIN, which this process lacks: a PF whose netdev has a
  /// switch id is in mode switchdev then.
  public var eswitchModesAreHidden = false
  /// devlink of auxiliary devices by name.
  public var auxiliaryDevlink: [String: Devlink]
  /// Result of `vdpa` DEV_GET.
  public var vdpa: [VDPALink]
  public var rdmaNamespaceMode: RDMANamespaceMode?
  /// What `ddptool` or devlink said, by function.
  public var ddpProfiles: [PCIAddress: String]
  /// UB devices by name, from the UBS engine; nil: ask sysfs.
  public var unifiedBus: [String: UBDevice]?

  public static let none = KernelFacts()

  public init() {
    defaultRouteLinks = []
    devlink = [:]
    auxiliaryDevlink = [:]
    vdpa = []
    ddpProfiles = [:]
  }

  public struct Link: Sendable, Equatable {
    public var index: Int
    /// Lower-case ARPHRD name: `ether`, `infiniband` …
    public var type: String
    public var isUp: Bool
    public var hasCarrier: Bool
    public init(index: Int, type: String, isUp: Bool, hasCarrier: Bool) {
      self.index = index
      self.type = type
      self.isUp = isUp
      self.hasCarrier = hasCarrier
    }
  }

  public struct Devlink: Sendable, Equatable {
    /// `legacy` or `switchdev`; nil when the device has no eswitch.
    public var eswitchMode: String?
    public var enableRDMA: Bool?
    /// `fw.app.name` of DEVLINK_CMD_INFO_GET.
    public var firmwareAppName: String?
    public init(eswitchMode: String? = nil, enableRDMA: Bool? = nil, firmwareAppName: String? = nil) {
      self.eswitchMode = eswitchMode
      self.enableRDMA = enableRDMA
      self.firmwareAppName = firmwareAppName
    }
  }

  public struct VDPALink: Sendable, Equatable {
    public var name: String
    /// Management device: bus and name, such as `pci` and `0000:24:00.0`.
    public var bus: String
    public var parent: String
    public init(name: String, bus: String, parent: String) {
      self.name = name
      self.bus = bus
      self.parent = parent
    }
  }

  public enum RDMANamespaceMode: String, Sendable {
    case shared, exclusive
  }
}
