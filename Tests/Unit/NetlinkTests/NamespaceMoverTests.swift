import Glibc
import Linux
import Testing

@testable import Netlink

/// SET_DEV_NS on the wire: the bytes, and what each answer of the kernel means.
@Suite struct NamespaceMoverTests {
  private static let family = GenericNetlinkFamily(name: UBCore.familyName, id: 0x20, version: 1)
  private static let resolved: [RecordingSocket.Step] = [
    .reply(Kernel.generic(family: 16, command: 1, Kernel.attribute(1, [0x20, 0]))), .acknowledgement(),
  ]

  @Test func `the request for udma1 and descriptor 4`() throws {
    let request = try UBCore.setDeviceNamespace("udma1", descriptor: 4, Self.family)
    #expect(
      dump(request.datagram(sequence: 1, port: 0x1234))
        == dump(
          hex(
            """
            28000000 2000 0500 01000000 34120000  # length, UBCORE_GENL, REQUEST|ACK, sequence, port
            07 01 0000                            # SET_DEV_NS, version 1
            0a00 0500 75646d61 3100 0000          # attribute 5, DEV_NAME "udma1" with its NUL, padded
            0800 0600 04000000                    # attribute 6, NS_FD 4
            """)))
  }

  @Test func `the request for bonding_dev_1 and descriptor 9`() throws {
    let request = try UBCore.setDeviceNamespace("bonding_dev_1", descriptor: 9, Self.family)
    #expect(
      dump(request.datagram(sequence: 1, port: 0x1234))
        == dump(
          hex(
            """
            30000000 2000 0500 01000000 34120000  # length, UBCORE_GENL, REQUEST|ACK, sequence, port
            07 01 0000                            # SET_DEV_NS, version 1
            1200 0500 626f6e64 696e675f 6465765f 3100 0000  # DEV_NAME "bonding_dev_1"
            0800 0600 09000000                    # NS_FD 9
            """)))
  }

  @Test func `the family is asked for by name`() throws {
    let socket = RecordingSocket([.error(ENOENT)])
    #expect(throws: MoveError(device: "udma1", cause: .familyAbsent)) { try move(["udma1"], socket) }
    #expect(
      socket.sent.map(dump) == [
        dump(
          hex(
            """
            24000000 1000 0500 01000000 34120000  # length, nlctrl, REQUEST|ACK, sequence, port
            03 01 0000                            # CTRL_CMD_GETFAMILY, version 1
            1000 0200 5542434f 52455f47 454e4c00  # CTRL_ATTR_FAMILY_NAME "UBCORE_GENL"
            """))
      ])
  }

  @Test func `no devices, no message`() throws {
    let socket = RecordingSocket()
    try move([], socket)
    #expect(socket.sent.isEmpty)
  }

  @Test(arguments: [
    (EINVAL, MoveError.Cause.unknownDevice), (ENODEV, .unknownDevice), (EBUSY, .busy),
    (
      EBADF, .other(.refused(request: "SET_DEV_NS udma1", Errno(EBADF), detail: nil))
    ),
  ])
  func `what the kernel's refusal means`(number: Int32, cause: MoveError.Cause) {
    let socket = RecordingSocket(Self.resolved + [.error(number, 2)])
    #expect(throws: MoveError(device: "udma1", cause: cause)) { try move(["udma1"], socket) }
  }

  @Test func `EPERM is told apart by this process's own capability`() {
    let socket = RecordingSocket(Self.resolved + [.error(EPERM, 2)])
    let cause: MoveError.Cause = Self.hasNetAdmin ? .sharedMode : .noCapability
    #expect(throws: MoveError(device: "udma1", cause: cause)) { try move(["udma1"], socket) }
  }

  @Test func `what was moved goes home in reverse, and what was there before stays`() {
    let socket = RecordingSocket(
      Self.resolved + [
        .acknowledgement(2), .acknowledgement(3), .acknowledgement(4), .error(EBUSY, 5),
        .acknowledgement(6), .acknowledgement(7),
      ])
    #expect(throws: MoveError(device: "bonding_dev_1", cause: .busy)) {
      try move(["udma1", "udma2", "udma3", "bonding_dev_1"], socket, settled: ["udma2"])
    }
    #expect(socket.sent.dropFirst().map(name) == ["udma1", "udma2", "udma3", "bonding_dev_1", "udma3", "udma1"])
  }

  @Test func `a device that will not go home is named`() {
    let socket = RecordingSocket(
      Self.resolved + [
        .acknowledgement(2), .acknowledgement(3), .error(EINVAL, 4), .error(EIO, 5), .acknowledgement(6),
      ])
    #expect(throws: MoveError(device: "udma3", cause: .unknownDevice, stranded: ["udma2"])) {
      try move(["udma1", "udma2", "udma3"], socket)
    }
  }

  @Test func `a move without an answer may have happened, and is undone too`() {
    let socket = RecordingSocket(
      Self.resolved + [.acknowledgement(2), .failure(ETIMEDOUT), .acknowledgement(4), .acknowledgement(5)])
    #expect(throws: MoveError(device: "udma2", cause: .timedOut)) { try move(["udma1", "udma2"], socket) }
    #expect(socket.sent.dropFirst().map(name) == ["udma1", "udma2", "udma2", "udma1"])
  }

  @Test func `nothing is sent after the deadline`() {
    let socket = RecordingSocket(Self.resolved)
    #expect(throws: MoveError(device: "udma1", cause: .timedOut)) {
      try move(["udma1"], socket, before: .now - .seconds(1))
    }
    #expect(socket.sent.count <= 1)
  }

  @Test(arguments: ["", String(repeating: "u", count: 64), "udma1\u{0}"])
  func `a name that can't be a device's is not sent`(device: String) {
    let socket = RecordingSocket(Self.resolved)
    #expect(throws: MoveError.self) { try move([device], socket) }
    #expect(socket.sent.count == 1)
  }

  @Test(arguments: [
    MoveError.Cause.familyAbsent, .sharedMode, .noCapability, .unknownDevice, .busy, .timedOut,
    .other(.timedOut(request: "x", .seconds(1))),
  ])
  func `every error names the device and is one line of lower case`(cause: MoveError.Cause) {
    let text = "\(MoveError(device: "udma1", cause: cause, stranded: ["udma7"]))"
    #expect(text.hasPrefix("UB device udma1 was not moved: "))
    #expect(text.hasSuffix("; not moved back: udma7") && !text.contains("\n"))
  }

  private func move(
    _ devices: [String], _ socket: RecordingSocket, settled: Set<String> = [],
    before deadline: ContinuousClock.Instant = .now + .seconds(5)
  ) throws {
    let here = try NetworkNamespace(path: "/proc/self/ns/net")
    try NamespaceMover(socket, limit: .seconds(1))
      .move(devices, to: here, home: here, settled: settled, before: deadline)
  }

  /// The device that a request names.
  private func name(_ datagram: [UInt8]) -> String { datagram.dropFirst(24).text }

  private static let hasNetAdmin: Bool = {
    let status = File.text("/proc/self/status").split(separator: "\n").first { $0.hasPrefix("CapEff:") } ?? ""
    let bits = UInt64(status.dropFirst(7).filter { !$0.isWhitespace }, radix: 16) ?? 0
    return bits & 1 << 12 != 0
  }()
}
