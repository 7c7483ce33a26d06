/// One network interface of this namespace, as rtnetlink reports it.
///
/// Corresponds to RTM_NEWLINK.
public struct LinkFact: Sendable, Equatable {
  public var index: Int
  public var name: String
  /// IFLA_ALT_IFNAME: further names by which the link can be asked for.
  public var alternativeNames: [String]
  /// `ether`, `infiniband`, `loopback` …, or `unknown<number>`: lower-case names of ARPHRD types.
  public var type: String
  /// Set up by its owner (IFF_UP); says nothing of the cable.
  public var isUp: Bool
  /// IFLA_CARRIER.
  public var hasCarrier: Bool
  public var state: OperationalState
  /// IFLA_MASTER: the index of the bond, bridge or other link that this one is a port of.
  public var master: Int?
  /// IFLA_LINK: the index of the link that this one is made on. Nil when that is in another network namespace.
  public var lower: Int?
  /// IFLA_INFO_KIND: `bond`, `vlan`, `openvswitch` …; nil for a device's own link.
  public var kind: String?
  /// IFLA_VRF_TABLE: the routing table of a VRF.
  public var vrfTable: UInt32?

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

  /// Corresponds to IF_OPER_… of RFC 2863.
  public enum OperationalState: UInt8, Sendable {
    case unknown, notPresent, down, lowerLayerDown, testing, dormant, up
  }
}
