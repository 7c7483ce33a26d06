import CNetlink
import Glibc

/// Reads interfaces and routes of one network namespace: the one in which its socket was opened.
public struct RouteNetlink {
  private let socket: any NetlinkSocket
  private let limit: Duration

  /// Uses an open socket. `limit` holds for each request.
  init(_ socket: any NetlinkSocket, limit: Duration) {
    self.socket = socket
    self.limit = limit
  }

  /// Opens a netlink socket. `limit` holds for each request.
  public static func open(limit: Duration) throws(NetlinkError) -> RouteNetlink {
    RouteNetlink(try KernelSocket(.route), limit: limit)
  }

  /// Lists every interface, in the kernel's order. Corresponds to a dump of RTM_GETLINK.
  public func links() throws(NetlinkError) -> [LinkFact] {
    let message = try MessageBuilder(
      "RTM_GETLINK", .dump, type: RTM_GETLINK, header: [UInt8](repeating: 0, count: LinkMessage.headerLength))
    // Counters are most of a link's kilobyte, and none is used here.
    try message.put(IFLA_EXT_MASK, UInt32(RTEXT_FILTER_SKIP_STATS))
    var links: [LinkFact] = []
    for answer in try socket.exchange(message.request(), within: limit) where Int(answer.type) == RTM_NEWLINK {
      if let link = try LinkMessage.fact(answer) { links.append(link) }
    }
    return links
  }

  /// Finds the interfaces of default routes, with several next hops too: IPv4 and IPv6, in every table that a policy
  /// rule selects.
  ///
  /// Corresponds to dumps of RTM_GETRULE and RTM_GETROUTE.
  ///
  /// - Parameter vrfTables: The tables of VRFs, which one l3mdev rule selects together.
  /// - Returns: Indexes of interfaces.
  public func defaultRouteLinks(vrfTables: Set<UInt32> = []) throws(NetlinkError) -> Set<Int> {
    var links: Set<Int> = []
    for family in [UInt8(AF_INET), UInt8(AF_INET6)] {
      let tables = try tables(family, vrfTables: vrfTables)
      let message = try MessageBuilder(
        "RTM_GETROUTE", .dump, type: RTM_GETROUTE, header: RouteMessage.header(family: family))
      for answer in try dump(message) where Int(answer.type) == RTM_NEWROUTE {
        links.formUnion(try RouteMessage.defaultRouteLinks(answer, in: tables))
      }
    }
    return links
  }

  /// The tables that the rules of one family reach; the main one at least, for kernels without policy rules.
  private func tables(_ family: UInt8, vrfTables: Set<UInt32>) throws(NetlinkError) -> Set<UInt32> {
    var tables: Set<UInt32> = [RT_TABLE_MAIN.rawValue]
    let message = try MessageBuilder(
      "RTM_GETRULE", .dump, type: RTM_GETRULE, header: RuleMessage.header(family: family))
    for answer in try dump(message) where Int(answer.type) == RTM_NEWRULE {
      switch try RuleMessage.target(answer) {
      case .table(let table): tables.insert(table)
      case .vrf: tables.formUnion(vrfTables)
      case .none: break
      }
    }
    return tables
  }

  /// Empty when the kernel has been built without this family or without policy rules.
  private func dump(_ message: consuming MessageBuilder) throws(NetlinkError) -> [NetlinkMessage] {
    do throws(NetlinkError) {
      return try socket.exchange(message.request(), within: limit)
    } catch {
      guard error.isUnsupported else { throw error }
      return []
    }
  }

  /// Sets an interface administratively up, as `ip link set up` does; one that is up stays as it is. Corresponds to
  /// RTM_NEWLINK.
  public func setUp(linkIndex: Int) throws(NetlinkError) {
    let message = try MessageBuilder(
      "RTM_NEWLINK", .command, type: RTM_NEWLINK,
      header: LinkMessage.header(
        index: Int32(clamping: linkIndex), flags: UInt32(IFF_UP.rawValue), change: UInt32(IFF_UP.rawValue)))
    _ = try socket.exchange(message.request(), within: limit)
  }
}
