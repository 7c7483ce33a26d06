/// Facts about devices that are not in files: they come from netlink, a tool or the UBS engine.
///
/// The agent reads them; a machine file has them as `fact` lines, so that a recorded node behaves as the live one. A
/// nil optional means "not asked or not available"; sysfs is used then.
public struct KernelFacts: Sendable, Equatable {
  /// Network interfaces of this network namespace by name, alternative names included (RTM_GETLINK).
  public var links: [String: Link]?
  /// Names of interfaces with a default route, IPv4 or IPv6, in any table that a rule selects (RTM_GETROUTE).
  public var defaultRouteLinks: Set<String>
  /// Facts of devlink by PCI address.
  public var devlink: [PCIAddress: Devlink]
  /// Whether the kernel hides eswitch modes, because this process lacks CAP_NET_ADMIN. A PF whose netdev has a switch
  /// id is then taken to be in switchdev mode.
  public var eswitchModesAreHidden = false
  /// Facts of devlink by the auxiliary device's name.
  public var auxiliaryDevlink: [String: Devlink]
  /// The vDPA devices (VDPA_CMD_DEV_GET).
  public var vdpa: [VDPALink]
  /// Whether RDMA devices belong to network namespaces; nil when the kernel does not report it.
  public var rdmaNamespaceMode: RDMANamespaceMode?
  /// The DDP profile of each function, from `ddptool` or devlink.
  public var ddpProfiles: [PCIAddress: String]
  /// UB devices by name, from the UBS engine; nil when sysfs lists them.
  public var unifiedBus: [String: UBDevice]?

  /// No facts: sysfs is used for all that it shows.
  public static let none = KernelFacts()

  /// Creates an empty value.
  public init() {
    defaultRouteLinks = []
    devlink = [:]
    auxiliaryDevlink = [:]
    vdpa = []
    ddpProfiles = [:]
  }

  /// One network interface of this network namespace.
  public struct Link: Sendable, Equatable {
    /// The interface index.
    public var index: Int
    /// The lower-case ARPHRD name, e.g. `ether` or `infiniband`.
    public var type: String
    /// Whether the interface is administratively up (IFF_UP).
    public var isUp: Bool
    /// Whether the physical link is up.
    public var hasCarrier: Bool
    /// The interface that this one is a port of, e.g. a bond, a bridge, an OVS datapath or a netvsc device.
    public var master: String?
    /// The interface below a VLAN, macvlan or tunnel.
    public var lower: String?
    /// The kind, e.g. `bond`, `bridge`, `vlan` or `openvswitch`; nil for a device's own interface.
    public var kind: String?
    /// Creates the facts of an interface.
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
    /// `legacy` or `switchdev`; nil when the device has no embedded switch.
    public var eswitchMode: String?
    /// The parameter `enable_rdma`; nil when the device lacks it.
    public var enableRDMA: Bool?
    /// The running version `fw.app.name`, which is the DDP package of Intel's NICs.
    public var firmwareAppName: String?
    /// Creates the facts of a device; a fact that is left out is unknown.
    public init(eswitchMode: String? = nil, enableRDMA: Bool? = nil, firmwareAppName: String? = nil) {
      self.eswitchMode = eswitchMode
      self.enableRDMA = enableRDMA
      self.firmwareAppName = firmwareAppName
    }
  }

  /// One vDPA device and its management device.
  public struct VDPALink: Sendable, Equatable {
    /// The vDPA device's name, e.g. `vdpa0`.
    public var name: String
    /// The bus of the management device, e.g. `pci`.
    public var bus: String
    /// The name of the management device on that bus, e.g. `0000:24:00.0`.
    public var parent: String
    /// Creates the facts of a vDPA device.
    public init(name: String, bus: String, parent: String) {
      self.name = name
      self.bus = bus
      self.parent = parent
    }
  }

  /// The network namespace mode of the RDMA subsystem, as `rdma system show` prints it.
  public enum RDMANamespaceMode: String, Sendable {
    /// Every namespace sees every RDMA device.
    case shared
    /// A device is visible in one namespace only.
    case exclusive
  }
}
