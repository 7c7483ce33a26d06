import Glibc
import Testing

@testable import Netlink

/// What the answers of each family say, replayed; and that every answer cut short is refused, not believed.
@Suite struct AnswerTests {
  private static let limit = Duration.seconds(1)
  /// One VF's netdev as Linux 6.12 tells it, without what is not looked at.
  private static let link = hex(
    """
    6c000000 1000 0200 01000000 34120000            # length, RTM_NEWLINK, MULTI, sequence, port
    00 00 0100 05000000                             # struct ifinfomsg: AF_UNSPEC, ARPHRD_ETHER, link 5
    43100100 00000000                               # UP|BROADCAST|RUNNING|MULTICAST|LOWER_UP
    0d00 0300 656e7331 66307635 00 000000           # IFLA_IFNAME "ens1f0v5"
    0500 1000 06 000000                             # IFLA_OPERSTATE up
    0500 2100 01 000000                             # IFLA_CARRIER 1
    2c00 3480                                       # IFLA_PROP_LIST, nested
    1200 3500 656e7035 3973302d 76662d35 2d78 0000  # IFLA_ALT_IFNAME "enp59s0-vf-5-x", no NUL
    1400 3500 76662d35 2d6f662d 62616e6b 2d303100   # IFLA_ALT_IFNAME "vf-5-of-bank-01"
    """)

  @Test func `a link`() throws {
    let socket = RecordingSocket([.reply(Self.link), .done()])
    #expect(
      try RouteNetlink(socket, limit: Self.limit).links() == [
        LinkFact(
          index: 5, name: "ens1f0v5", alternativeNames: ["enp59s0-vf-5-x", "vf-5-of-bank-01"], type: "ether",
          isUp: true, hasCarrier: true, state: .up)
      ])
  }

  @Test func `a link above and below others`() throws {
    let port = Self.link + Kernel.attribute(10, Kernel.bytes(UInt32(9)))
    let vlan = Self.link + Kernel.attribute(5, Kernel.bytes(UInt32(3))) + Kernel.nest(18, Kernel.attribute(1, "vlan"))
    let vrf =
      Self.link
      + Kernel.nest(18, Kernel.attribute(1, "vrf"), Kernel.nest(2, Kernel.attribute(1, Kernel.bytes(UInt32(7)))))
    // The other end of a veth is link 3 of another namespace.
    let veth = Self.link + Kernel.attribute(5, Kernel.bytes(UInt32(3))) + Kernel.attribute(37, Kernel.bytes(UInt32(0)))
    let steps = [port, vlan, vrf, veth].map { message in
      RecordingSocket.Step.reply(Kernel.bytes(UInt32(message.count)) + message.dropFirst(4))
    }
    let links = try RouteNetlink(RecordingSocket(steps + [.done()]), limit: Self.limit).links()
    #expect(links.map(\.master) == [9, nil, nil, nil])
    #expect(links.map(\.lower) == [nil, 3, nil, nil])
    #expect(links.map(\.kind) == [nil, "vlan", "vrf", nil])
    #expect(links.map(\.vrfTable) == [nil, nil, 7, nil])
  }

  @Test(arguments: [(1, "ether"), (32, "infiniband"), (772, "loopback"), (799, "fcfb12"), (280, "unknown280")])
  func `link types are spelled as iproute does`(number: UInt16, name: String) throws {
    var link = Self.link
    link.replaceSubrange(18..<20, with: Kernel.bytes(number))
    let socket = RecordingSocket([.reply(link), .done()])
    #expect(try RouteNetlink(socket, limit: Self.limit).links().first?.type == name)
  }

  @Test func `a link cut short anywhere is refused`() {
    for length in 1..<Self.link.count {
      // The datagram ends early; and the message itself ends early and is whole by its own header.
      var shorter = Array(Self.link.prefix(length))
      expectRefusal(shorter, "a datagram of \(length) bytes")
      guard length >= 16 else { continue }
      shorter.replaceSubrange(0..<4, with: Kernel.bytes(UInt32(length)))
      expectNothingInvented(shorter, "a message of \(length) bytes")
    }
  }

  private func expectRefusal(_ datagram: [UInt8], _ what: Comment) {
    #expect(throws: NetlinkError.self, what) {
      try RouteNetlink(RecordingSocket([.reply(datagram), .done()]), limit: Self.limit).links()
    }
  }

  /// A message cut between two attributes can't be told from a short one; then a fact is missing, and none is wrong.
  private func expectNothingInvented(_ datagram: [UInt8], _ what: Comment) {
    let socket = RecordingSocket([.reply(datagram), .done()])
    guard let link = (try? RouteNetlink(socket, limit: Self.limit).links())?.first else { return }
    #expect(link.name == "ens1f0v5" && link.index == 5 && link.isUp, what)
    #expect(link.state == .up || link.state == .unknown, what)
    #expect(link.alternativeNames.isEmpty, what)
  }

  private static func route(
    type: UInt8 = 1, table: UInt8 = 254, length: UInt8 = 0, sequence: UInt8 = 2, _ attributes: [UInt8]...
  ) -> [UInt8] {
    Kernel.message(
      type: 24, flags: 2, sequence: sequence,
      [2, length, 0, 0, table, 3, 0, type] + [0, 0, 0, 0] + Array(attributes.joined()))
  }

  private static func rule(
    action: UInt8 = 1, table: UInt8 = 0, sequence: UInt8 = 1, _ attributes: [UInt8]...
  ) -> [UInt8] {
    Kernel.message(
      type: 32, flags: 2, sequence: sequence,
      [2, 0, 0, 0, table, 0, 0, action] + [0, 0, 0, 0] + Array(attributes.joined()))
  }

  @Test func `default routes of the tables that rules reach`() throws {
    func number(_ type: Int, _ value: UInt32) -> [UInt8] { Kernel.attribute(type, Kernel.bytes(value)) }
    func link(_ index: UInt32) -> [UInt8] { number(4, index) }
    let socket = RecordingSocket(
      [
        .reply(Self.rule(table: 77)), .reply(Self.rule(table: 252, number(15, 1000))),
        .reply(Self.rule(action: 7, table: 78)), .reply(Self.rule(table: 79, number(14, 0))),
        .reply(Self.rule(table: 80, number(14, .max))), .reply(Self.rule(Kernel.attribute(19, [1]))), .done(1),
      ] + [UInt8(77), 78, 79, 80, 81, 82].map { .reply(Self.route(table: $0, link(UInt32($0)))) } + [
        .reply(Self.route(table: 252, number(15, 1000), link(1000))), .done(2),
        .reply(Self.rule(table: 82, sequence: 3)), .done(3), .reply(Self.route(table: 82, sequence: 4, link(6))),
        .done(4),
      ])
    #expect(
      try RouteNetlink(socket, limit: Self.limit).defaultRouteLinks(vrfTables: [81]) == [77, 80, 81, 1000, 6])
  }

  @Test func `a kernel without policy rules has one table`() throws {
    let socket = RecordingSocket([
      .error(95, 1), .reply(Self.route(Kernel.attribute(4, [2, 0, 0, 0]))), .done(2), .error(97, 3), .error(97, 4),
    ])
    #expect(try RouteNetlink(socket, limit: Self.limit).defaultRouteLinks() == [2])
  }

  @Test func `default routes: only unicast ones of the main table count`() throws {
    let socket = RecordingSocket([
      .done(1),
      .reply(Self.route(Kernel.attribute(4, [2, 0, 0, 0]))),
      .reply(
        Self.route(table: 252, Kernel.attribute(15, Kernel.bytes(UInt32(254))), Kernel.attribute(4, [3, 0, 0, 0]))),
      .reply(Self.route(table: 77, Kernel.attribute(4, [4, 0, 0, 0]))),
      .reply(Self.route(type: 7, Kernel.attribute(4, [5, 0, 0, 0]))),
      .reply(Self.route(length: 24, Kernel.attribute(4, [6, 0, 0, 0]))),
      .reply(
        Self.route(
          Kernel.attribute(
            9,
            hex(
              """
              1000 00 00 07000000 0800 0500 c0000209  # struct rtnexthop: 16 bytes, link 7; RTA_GATEWAY
              0800 00 00 08000000                     # struct rtnexthop: 8 bytes, link 8
              """)))),
      .done(2), .done(3), .done(4),
    ])
    #expect(try RouteNetlink(socket, limit: Self.limit).defaultRouteLinks() == [2, 3, 7, 8])
  }

  @Test(arguments: ["0400 00 00", "0900 00 00 07000000", "0700 00 00 07000000", "0000 00 00 07000000"])
  func `a next hop that lies about its length is refused`(hop: String) {
    let body: [UInt8] = [2, 0, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0] + Kernel.attribute(9, hex(hop))
    let socket = RecordingSocket([.done(1), .reply(Kernel.message(type: 24, sequence: 2, body)), .done(2)])
    #expect(throws: NetlinkError.malformed(message: "RTM_NEWROUTE", reason: "a next hop runs over the end")) {
      try RouteNetlink(socket, limit: Self.limit).defaultRouteLinks()
    }
  }

  @Test func `attributes that lie about their length are refused`() {
    for attribute in ["0300 0300", "0000 0300", "0800 0300", "ffff 0300", "0400"] {
      let body = [UInt8](repeating: 0, count: 16) + hex(attribute)
      expectRefusal(Kernel.message(type: 16, body), "\(attribute)")
    }
  }

  @Test func `the RDMA namespace mode`() throws {
    for (byte, mode) in [(UInt8(0), RDMANamespaceMode.exclusive), (1, .shared)] {
      let reply = Kernel.message(type: 5 << 10 | 6, Kernel.attribute(66, [byte]))
      let socket = RecordingSocket([.reply(reply), .acknowledgement()])
      #expect(try RDMANamespaceMode.read(on: socket, limit: Self.limit) == mode)
    }
    let older = RecordingSocket([.reply(Kernel.message(type: 5 << 10 | 6, [])), .acknowledgement()])
    #expect(try RDMANamespaceMode.read(on: older, limit: Self.limit) == nil)
  }
}
