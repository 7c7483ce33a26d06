import CNetlink
import Glibc

/// Links and routes of one network namespace: the one that its socket was opened in.
public struct RouteNetlink {
  private let socket: any NetlinkSocket
  private let limit: Duration

  /// `limit` holds for each question.
  public init(_ socket: any NetlinkSocket, limit: Duration) {
    self.socket = socket
    self.limit = limit
  }

  public static func open(limit: Duration) throws(NetlinkError) -> RouteNetlink {
    RouteNetlink(try KernelSocket(.route), limit: limit)
  }

  /// Every link, in the kernel's order. Corresponds to a dump of RTM_GETLINK.
  public func links() throws(NetlinkError) -> [LinkFact] {
    let message = try MessageBuilder(
      "RTM_GETLINK", .dump, type: RTM_GETLINK, header: [UInt8](repeating: 0, count: LinkMessage.headerLength))
    // Counters are most of a link's kilobyte and nobody here reads them.
    try message.put(IFLA_EXT_MASK, UInt32(RTEXT_FILTER_SKIP_STATS))
    var links: [LinkFact] = []
    for answer in try socket.exchange(message.request(), within: limit) where Int(answer.type) == RTM_NEWLINK {
      if let link = try LinkMessage.fact(answer) { links.append(link) }
    }
    return links
  }

  /// Indexes of the links by which an IPv4 default route of the main table leaves, over several hops too.
  ///
  /// Corresponds to a dump of RTM_GETROUTE.
  public func defaultRouteLinks() throws(NetlinkError) -> Set<Int> {
    let header = RouteMessage.header(family: UInt8(AF_INET), table: UInt8(RT_TABLE_MAIN.rawValue))
    let message = try MessageBuilder("RTM_GETROUTE", .dump, type: RTM_GETROUTE, header: header)
    var links: Set<Int> = []
    for answer in try socket.exchange(message.request(), within: limit) where Int(answer.type) == RTM_NEWROUTE {
      links.formUnion(try RouteMessage.defaultRouteLinks(answer))
    }
    return links
  }

  /// Sets a link up, as `ip link set up` does; nothing happens to one that is up. Corresponds to RTM_NEWLINK.
  public func setUp(linkIndex: Int) throws(NetlinkError) {
    let message = try MessageBuilder(
      "RTM_NEWLINK", .command, type: RTM_NEWLINK,
      header: LinkMessage.header(
        index: Int32(clamping: linkIndex), flags: UInt32(IFF_UP.rawValue), change: UInt32(IFF_UP.rawValue)))
    _ = try socket.exchange(message.request(), within: limit)
  }
}
