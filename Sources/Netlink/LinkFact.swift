/// One network interface of this namespace, as rtnetlink tells it.
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

  public init(
    index: Int, name: String, alternativeNames: [String] = [], type: String, isUp: Bool, hasCarrier: Bool,
    state: OperationalState
  ) {
    self.index = index
    self.name = name
    self.alternativeNames = alternativeNames
    self.type = type
    self.isUp = isUp
    self.hasCarrier = hasCarrier
    self.state = state
  }

  /// Corresponds to IF_OPER_… of RFC 2863.
  public enum OperationalState: UInt8, Sendable {
    case unknown, notPresent, down, lowerLayerDown, testing, dormant, up
  }
}
