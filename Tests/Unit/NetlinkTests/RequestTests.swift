import Testing

@testable import Netlink

/// The bytes of every request, as another speaker of the protocol would write them.
@Suite struct RequestTests {
  private static let limit = Duration.seconds(1)
  /// CTRL_CMD_NEWFAMILY for number 0x20, then the acknowledgement.
  private static let family: [RecordingSocket.Step] = [
    .reply(
      """
      1c000000 1000 0000 01000000 34120000  # length, nlctrl, flags, sequence, port
      01 02 0000                            # CTRL_CMD_NEWFAMILY, version
      0600 0100 2000 0000                   # CTRL_ATTR_FAMILY_ID 0x20
      """), .acknowledgement(),
  ]

  @Test func `links are dumped without their counters`() throws {
    let socket = RecordingSocket([.done()])
    #expect(try RouteNetlink(socket, limit: Self.limit).links() == [])
    expect(
      socket,
      """
      28000000 1200 0103 01000000 34120000  # length, RTM_GETLINK, REQUEST|DUMP, sequence, port
      00000000 00000000 00000000 00000000   # struct ifinfomsg: every family, every link
      0800 1d00 08000000                    # IFLA_EXT_MASK: RTEXT_FILTER_SKIP_STATS
      """)
  }

  @Test func `rules and routes are dumped for IPv4 and IPv6`() throws {
    let socket = RecordingSocket((1...4).map { .done($0) })
    #expect(try RouteNetlink(socket, limit: Self.limit).defaultRouteLinks() == [])
    let golden = [
      """
      1c000000 2200 0103 01000000 34120000  # length, RTM_GETRULE, REQUEST|DUMP, sequence, port
      02 00 00 00 00 00 00 00 00000000      # struct fib_rule_hdr: AF_INET
      """,
      """
      1c000000 1a00 0103 02000000 34120000  # length, RTM_GETROUTE, REQUEST|DUMP, sequence, port
      02 00 00 00 00 00 00 00 00000000      # struct rtmsg: AF_INET, every table
      """,
      """
      1c000000 2200 0103 03000000 34120000  # length, RTM_GETRULE, REQUEST|DUMP, sequence, port
      0a 00 00 00 00 00 00 00 00000000      # struct fib_rule_hdr: AF_INET6
      """,
      """
      1c000000 1a00 0103 04000000 34120000  # length, RTM_GETROUTE, REQUEST|DUMP, sequence, port
      0a 00 00 00 00 00 00 00 00000000      # struct rtmsg: AF_INET6, every table
      """,
    ]
    #expect(socket.sent.map(dump) == golden.map { dump(hex($0)) })
  }

  @Test func `a link is set up and nothing else of it changes`() throws {
    let socket = RecordingSocket([.acknowledgement()])
    try RouteNetlink(socket, limit: Self.limit).setUp(linkIndex: 7)
    expect(
      socket,
      """
      20000000 1000 0500 01000000 34120000  # length, RTM_NEWLINK, REQUEST|ACK, sequence, port
      00 00 0000 07000000                   # struct ifinfomsg: link 7
      01000000 01000000                     # flags and mask: IFF_UP
      """)
  }

  @Test func `the family devlink is asked for by name`() throws {
    let socket = RecordingSocket(Self.family)
    _ = try Devlink(socket, limit: Self.limit)
    expect(
      socket,
      """
      20000000 1000 0500 01000000 34120000  # length, nlctrl, REQUEST|ACK, sequence, port
      03 01 0000                            # CTRL_CMD_GETFAMILY, version 1
      0c00 0200 6465766c 696e6b00           # CTRL_ATTR_FAMILY_NAME "devlink"
      """)
  }

  @Test func `devlink devices are dumped`() throws {
    let socket = RecordingSocket(Self.family + [.done(2)])
    #expect(try Devlink(socket, limit: Self.limit)?.devices() == [])
    expect(
      socket,
      """
      14000000 2000 0103 02000000 34120000  # length, devlink, REQUEST|DUMP, sequence, port
      01 01 0000                            # DEVLINK_CMD_GET, version 1
      """)
  }

  @Test func `three questions about one devlink device`() throws {
    let socket = RecordingSocket(Self.family + [.error(95, 2), .error(22, 3), .error(95, 4)])
    let device = DevlinkDevice(bus: "pci", name: "0000:3b:00.0")
    let fact = try Devlink(socket, limit: Self.limit)?
      .fact(of: device, asking: [.eswitchMode, .enableRDMA, .firmwareAppName])
    #expect(fact == DevlinkFact(device: device))
    let handle = """
      0800 0100 70636900                              # DEVLINK_ATTR_BUS_NAME "pci"
      1100 0200 30303030 3a33623a 30302e30 00000000   # DEVLINK_ATTR_DEV_NAME "0000:3b:00.0"
      """
    #expect(
      socket.sent.dropFirst().map(dump)
        == [
          """
          30000000 2000 0500 02000000 34120000          # length, devlink, REQUEST|ACK, sequence, port
          1d 01 0000                                    # DEVLINK_CMD_ESWITCH_GET
          \(handle)
          """,
          """
          40000000 2000 0500 03000000 34120000
          26 01 0000                                    # DEVLINK_CMD_PARAM_GET
          \(handle)
          1000 5100 656e6162 6c655f72 646d6100          # DEVLINK_ATTR_PARAM_NAME "enable_rdma"
          """,
          """
          30000000 2000 0500 04000000 34120000
          33 01 0000                                    # DEVLINK_CMD_INFO_GET
          \(handle)
          """,
        ].map { dump(hex($0)) })
  }

  @Test func `vDPA devices are dumped`() throws {
    let socket = RecordingSocket(Self.family + [.done(2)])
    #expect(try VDPA.devices(on: socket, limit: Self.limit) == [])
    #expect(
      socket.sent.map(dump)
        == [
          """
          20000000 1000 0500 01000000 34120000  # length, nlctrl, REQUEST|ACK, sequence, port
          03 01 0000                            # CTRL_CMD_GETFAMILY
          0900 0200 76647061 00000000           # CTRL_ATTR_FAMILY_NAME "vdpa"
          """,
          """
          14000000 2000 0103 02000000 34120000  # length, vdpa, REQUEST|DUMP, sequence, port
          05 01 0000                            # VDPA_CMD_DEV_GET, version 1
          """,
        ].map { dump(hex($0)) })
  }

  @Test func `the RDMA namespace mode is asked of the nldev client`() throws {
    let socket = RecordingSocket([.error(22)])
    #expect(try RDMANamespaceMode.read(on: socket, limit: Self.limit) == nil)
    expect(
      socket,
      """
      10000000 0614 0500 01000000 34120000  # length, RDMA_NL_NLDEV << 10 | SYS_GET, REQUEST|ACK, sequence, port
      """)
  }

  private func expect(_ socket: RecordingSocket, _ golden: String, _ location: SourceLocation = #_sourceLocation) {
    #expect(socket.sent.last.map(dump) == dump(hex(golden)), sourceLocation: location)
  }
}
