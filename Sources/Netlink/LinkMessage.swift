import CNetlink

/// RTM_NEWLINK and RTM_DELLINK: `struct ifinfomsg` and its attributes.
enum LinkMessage {
  static let headerLength = 16

  static func header(index: Int32, flags: UInt32, change: UInt32) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: headerLength)
    header.withUnsafeMutableBytes { bytes in
      bytes.storeBytes(of: index, toByteOffset: 4, as: Int32.self)
      bytes.storeBytes(of: flags, toByteOffset: 8, as: UInt32.self)
      bytes.storeBytes(of: change, toByteOffset: 12, as: UInt32.self)
    }
    return header
  }

  /// The link that the message is about; nil when it speaks of a link's part in a bridge (AF_BRIDGE), which comes over
  /// the same group and, as RTM_DELLINK, says only that the link has left the bridge.
  static func fact(_ message: NetlinkMessage) throws(NetlinkError) -> LinkFact? {
    let place = Int(message.type) == RTM_DELLINK ? "RTM_DELLINK" : "RTM_NEWLINK"
    let attributes = try message.attributes(after: headerLength, of: place)
    guard message.body.first == UInt8(AF_UNSPEC) else { return nil }
    guard
      let type = message.body.native(UInt16.self, at: 2), let index = message.body.native(Int32.self, at: 4),
      let flags = message.body.native(UInt32.self, at: 8), let name = attributes.string(IFLA_IFNAME)
    else { throw .malformed(message: place, reason: "no interface name") }
    let names = try attributes.nested(IFLA_PROP_LIST)?.every(IFLA_ALT_IFNAME) ?? []
    let carrier = try attributes.integer(UInt8.self, IFLA_CARRIER).map { $0 != 0 }
    let state = try attributes.integer(UInt8.self, IFLA_OPERSTATE) ?? 0
    let info = try attributes.nested(IFLA_LINKINFO)
    let kind = info?.string(IFLA_INFO_KIND)
    let table = kind == "vrf" ? try info?.nested(IFLA_INFO_DATA)?.integer(UInt32.self, IFLA_VRF_TABLE) : nil
    // The index is another namespace's where that namespace is named, as for a veth.
    let lower = attributes[IFLA_LINK_NETNSID] == nil ? try attributes.integer(Int32.self, IFLA_LINK) : nil
    return LinkFact(
      index: Int(index), name: name, alternativeNames: names.map(\.text), type: LinkType.name(of: type),
      isUp: flags & UInt32(IFF_UP.rawValue) != 0, hasCarrier: carrier ?? (flags & UInt32(IFF_LOWER_UP.rawValue) != 0),
      state: LinkFact.OperationalState(rawValue: state) ?? .unknown,
      master: try attributes.integer(Int32.self, IFLA_MASTER).map(Int.init),
      lower: lower.map(Int.init).flatMap { $0 > 0 && $0 != Int(index) ? $0 : nil }, kind: kind, vrfTable: table)
  }
}
