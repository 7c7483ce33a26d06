/// One network interface of this namespace, as rtnetlink reports it.
///
/// Corresponds to RTM_NEWLINK.
public struct LinkFact: Sendable, Equatable {
  /// The interface index (`ifi_index`), unique in its network namespace.
  public var index: Int
  /// IFLA_IFNAME, e.g. `ens1f0`.
  public var name: String
  /// IFLA_ALT_IFNAME: further names of the interface (`altname` of `ip link`).
  public var alternativeNames: [String]
  /// The lower-case name of the ARPHRD type: `ether`, `infiniband`, `loopback` …, or `unknown<number>`.
  public var type: String
  /// Whether the interface is administratively up (IFF_UP), with or without a carrier.
  public var isUp: Bool
  /// IFLA_CARRIER: whether the physical link is up.
  public var hasCarrier: Bool
  /// IFLA_OPERSTATE.
  public var state: OperationalState
  /// IFLA_MASTER: the index of the bond, bridge or other interface that this one is a port of.
  public var master: Int?
  /// IFLA_LINK: the index of the interface below this one, e.g. of a VLAN's. Nil when there is none, or when it is in
  /// another network namespace.
  public var lower: Int?
  /// IFLA_INFO_KIND: `bond`, `vlan`, `openvswitch` …; nil for a device's own interface.
  public var kind: String?
  /// IFLA_VRF_TABLE: the routing table; nil unless the interface is a VRF.
  public var vrfTable: UInt32?

  /// Creates the facts of an interface; an attribute that is left out is absent.
  public init(
    index: Int, name: String, alternativeNames: [String] = [], type: String, isUp: Bool, hasCarrier: Bool,
    state: OperationalState, master: Int? = nil, lower: Int? = nil, kind: String? = nil, vrfTable: UInt32? = nil
  ) {
    self.index = index
    self.name = name
    self.alternativeNames = alternativeNames
    self.type = type
    self.isUp = isUp
    self.hasCarrier = hasCarrier
    self.state = state
    self.master = master
    self.lower = lower
    self.kind = kind
    self.vrfTable = vrfTable
  }

  /// The operational state of RFC 2863, with the numbers of IF_OPER_… in linux/if.h.
  public enum OperationalState: UInt8, Sendable {
    /// The driver does not report a state.
    case unknown
    /// Parts of the device are missing.
    case notPresent
    /// The interface is down, or has no carrier.
    case down
    /// An interface below this one is down.
    case lowerLayerDown
    /// It is in a test mode and passes no packets.
    case testing
    /// It waits for an external event, e.g. 802.1X.
    case dormant
    /// It can pass packets.
    case up
  }
}
