/// Facts about devices that are not in files: they come by netlink, from a tool or from an engine.
///
/// In production Agent reads them; a machine file carries them as `fact` lines, so that a recorded node answers
/// as the live one did. An optional that is nil means "not asked or not available"; sysfs is used then.
public struct KernelFacts: Sendable, Equatable {
  /// Links of this network namespace by name (alternative names too); rtnetlink RTM_GETLINK.
  public var links: [String: Link]?
  /// Names of links by which a default route leaves, IPv4 or IPv6, of any table that a rule reaches; RTM_GETROUTE.
  public var defaultRouteLinks: Set<String>
  /// devlink by PCI address.
  public var devlink: [PCIAddress: Devlink]
  /// The kernel shows eswitch modes only with CAP_NET_ADMIN, which this process lacks: a PF whose netdev has a
  /// switch id is in mode switchdev then.
  public var eswitchModesAreHidden = false
  /// devlink of auxiliary devices by name.
  public var auxiliaryDevlink: [String: Devlink]
  /// Result of `vdpa` DEV_GET.
  public var vdpa: [VDPALink]
  public var rdmaNamespaceMode: RDMANamespaceMode?
  /// The answer of `ddptool` or devlink, by function.
  public var ddpProfiles: [PCIAddress: String]
  /// UB devices by name, from the UBS engine; nil means that sysfs lists them.
  public var unifiedBus: [String: UBDevice]?

  public static let none = KernelFacts()

  public init() {
    defaultRouteLinks = []
    devlink = [:]
    auxiliaryDevlink = [:]
    vdpa = []
    ddpProfiles = [:]
  }

  /// One link of this network namespace.
  public struct Link: Sendable, Equatable {
    public var index: Int
    /// Lower-case ARPHRD name: `ether`, `infiniband` …
    public var type: String
    public var isUp: Bool
    public var hasCarrier: Bool
    /// The link that this one is a port of: a bond, a bridge, an OVS datapath, a netvsc device …
    public var master: String?
    /// The link that this one is made on: a VLAN's, a macvlan's or a tunnel's.
    public var lower: String?
    /// `bond`, `bridge`, `vlan`, `openvswitch` …; nil for a device's own link.
    public var kind: String?
    public init(
      index: Int, type: String, isUp: Bool, hasCarrier: Bool, master: String? = nil, lower: String? = nil,
      kind: String? = nil
    ) {
      self.index = index
      self.type = type
      self.isUp = isUp
      self.hasCarrier = hasCarrier
      self.master = master
      self.lower = lower
      self.kind = kind
    }
  }

  /// The devlink facts of one device.
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

  /// One vDPA device and its management device.
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

  /// The network namespace mode of the RDMA subsystem: `rdma system show`.
  public enum RDMANamespaceMode: String, Sendable {
    case shared, exclusive
  }
}
