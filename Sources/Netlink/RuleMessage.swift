import CNetlink

/// RTM_NEWRULE: `struct fib_rule_hdr` and its attributes.
enum RuleMessage {
  static let headerLength = 12

  /// What a policy rule leads to.
  enum Target: Equatable {
    case table(UInt32)
    /// The table of the VRF that a packet belongs to.
    case vrf
    /// It gives no default route: it looks no table up, or ignores those that it finds there.
    case none
  }

  static func header(family: UInt8) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: headerLength)
    header[0] = family
    return header
  }

  static func target(_ message: NetlinkMessage) throws(NetlinkError) -> Target {
    let attributes = try message.attributes(after: headerLength, of: "RTM_NEWRULE")
    let header = Array(message.body.prefix(headerLength))
    guard header[7] == UInt8(FR_ACT_TO_TBL) else { return .none }
    // Such a rule takes no route whose prefix is as short as a default route's, as those of wg-quick do.
    if let suppressed = try attributes.integer(UInt32.self, FRA_SUPPRESS_PREFIXLEN), suppressed != .max { return .none }
    if try attributes.integer(UInt8.self, FRA_L3MDEV) ?? 0 != 0 { return .vrf }
    return .table(try attributes.integer(UInt32.self, FRA_TABLE) ?? UInt32(header[4]))
  }
}
