import CNetlink

/// RTM_NEWROUTE: `struct rtmsg` and its attributes.
enum RouteMessage {
  static let headerLength = 12

  static func header(family: UInt8) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: headerLength)
    header[0] = family
    return header
  }

  /// Empty when it is another kind of route, or one of a table that is not among `tables`.
  static func defaultRouteLinks(
    _ message: NetlinkMessage, in tables: Set<UInt32>
  ) throws(NetlinkError) -> [Int] {
    let attributes = try message.attributes(after: headerLength, of: "RTM_NEWROUTE")
    let header = Array(message.body.prefix(headerLength))
    let (destinationLength, type) = (header[1], header[7])
    let flags = message.body.native(UInt32.self, at: 8) ?? 0
    let table = try attributes.integer(UInt32.self, Int(RTA_TABLE.rawValue)) ?? UInt32(header[4])
    guard
      destinationLength == 0, type == UInt8(RTN_UNICAST), tables.contains(table),
      flags & UInt32(RTM_F_CLONED) == 0
    else { return [] }
    if let link = try attributes.integer(Int32.self, Int(RTA_OIF.rawValue)) { return [Int(link)] }
    return try hops(attributes[Int(RTA_MULTIPATH.rawValue)] ?? [])
  }

  /// The links of `struct rtnexthop`: a length of two bytes, flags, weight, the link's index, attributes.
  private static func hops(_ bytes: ArraySlice<UInt8>) throws(NetlinkError) -> [Int] {
    var links: [Int] = []
    var rest = bytes
    while !rest.isEmpty {
      guard
        let length = rest.native(UInt16.self).map(Int.init), let link = rest.native(Int32.self, at: 4),
        length >= 8, length <= rest.count
      else {
        throw .malformed(message: "RTM_NEWROUTE", reason: "a next hop runs over the end")
      }
      links.append(Int(link))
      rest = rest.dropFirst(paddedToFour(length))
    }
    return links
  }
}
