import Glibc
import Linux
import Testing

@testable import Netlink

/// One request and its answers over the wire seam: what ends an exchange, what is passed over, what is asked again.
@Suite struct ExchangeTests {
  private static let limit = Duration.seconds(1)

  private func exchange(
    _ socket: RecordingSocket, _ kind: NetlinkRequest.Kind = .question
  ) throws -> [[UInt8]] {
    let request = try MessageBuilder("RTM_GETLINK", kind, type: 18).request()
    return try socket.exchange(request, within: Self.limit).map { Array($0.body) }
  }

  @Test func `an acknowledgement ends it`() throws {
    let socket = RecordingSocket([
      .reply(
        """
        24000000 0200 0001 01000000 34120000  # length, NLMSG_ERROR, CAPPED, sequence, port
        00000000                              # error 0
        10000000 1200 0500 01000000 34120000  # the request's header
        """),
      .failure(EIO),
    ])
    #expect(try exchange(socket) == [])
    #expect(socket.unread.count == 1)
  }

  @Test func `an error keeps its errno and the kernel's words`() {
    let socket = RecordingSocket([
      .reply(
        """
        38000000 0200 0003 01000000 34120000  # length, NLMSG_ERROR, CAPPED|ACK_TLVS, sequence, port
        eaffffff                              # -EINVAL
        10000000 1200 0500 01000000 34120000  # the request's header
        1100 0100 4e6f2073 75636820 6c696e6b 00 000000  # NLMSGERR_ATTR_MSG "No such link"
        """)
    ])
    #expect(throws: NetlinkError.refused(request: "RTM_GETLINK", Errno(EINVAL), detail: "No such link")) {
      try exchange(socket)
    }
  }

  @Test func `an error that quotes the whole request is read as well`() {
    let socket = RecordingSocket([
      .reply(
        """
        3c000000 0200 0002 01000000 34120000  # length, NLMSG_ERROR, ACK_TLVS, sequence, port
        ffffffff                              # -EPERM
        16000000 1200 0500 01000000 34120000  # the request: 22 bytes
        aabbccdd eeff 0000                    # its body, padded
        0d00 0100 41646d69 6e206f6e 00 000000 # NLMSGERR_ATTR_MSG "Admin on"
        """)
    ])
    #expect(throws: NetlinkError.refused(request: "RTM_GETLINK", Errno(EPERM), detail: "Admin on")) {
      try exchange(socket)
    }
  }

  @Test func `a dump comes in several datagrams and several messages each`() throws {
    let socket = RecordingSocket([
      .reply(Kernel.message(type: 16, flags: 2, [1, 1, 1, 1]) + Kernel.message(type: 16, flags: 2, [2, 2])),
      .reply(Kernel.message(type: 16, flags: 2, [3, 3, 3, 3]) + Kernel.message(type: 3, flags: 2, [0, 0, 0, 0])),
    ])
    #expect(try exchange(socket, .dump) == [[1, 1, 1, 1], [2, 2], [3, 3, 3, 3]])
  }

  @Test func `an error at the end of a dump is thrown`() {
    let socket = RecordingSocket([.reply(Kernel.message(type: 3, flags: 2, Kernel.bytes(-EOPNOTSUPP)))])
    #expect(throws: NetlinkError.refused(request: "RTM_GETLINK", Errno(EOPNOTSUPP), detail: nil)) {
      try exchange(socket, .dump)
    }
  }

  @Test func `what is not the answer is passed over`() throws {
    var otherPort = Kernel.message(type: 16, [9])
    otherPort[12] = 0x35
    let socket = RecordingSocket([
      .reply(Kernel.message(type: 16, sequence: 0, [9])),
      .reply(otherPort),
      .reply(Kernel.message(type: 16, [9]), sender: 4711),
      .reply(Kernel.message(type: 1, [])),
      .reply(Kernel.message(type: 16, [1])),
      .acknowledgement(),
    ])
    #expect(try exchange(socket) == [[1]])
  }

  @Test func `an interrupted call is made again`() throws {
    let socket = RecordingSocket([.failure(EINTR), .failure(EINTR), .acknowledgement()], sendFailures: [EINTR, EINTR])
    #expect(try exchange(socket, .command) == [])
    #expect(socket.sent.count == 1)
  }

  @Test func `a dump that the kernel interrupted is asked for again`() throws {
    let interrupted: UInt16 = 0x12
    let socket = RecordingSocket([
      .reply(Kernel.message(type: 16, flags: interrupted, [1])), .done(),
      .reply(Kernel.message(type: 16, flags: 2, sequence: 2, [2])), .done(2),
    ])
    #expect(try exchange(socket, .dump) == [[2]])
    #expect(socket.sent.map { $0[8] } == [1, 2])
  }

  @Test func `a table that never holds still is an error`() {
    let script = (1...8).map { sequence in
      RecordingSocket.Step.reply(Kernel.message(type: 3, flags: 0x12, sequence: UInt8(sequence), [0, 0, 0, 0]))
    }
    #expect(throws: NetlinkError.unsteady(request: "RTM_GETLINK", attempts: 8)) {
      try exchange(RecordingSocket(script), .dump)
    }
  }

  @Test func `lost answers are asked for again, a command is not`() throws {
    let socket = RecordingSocket([
      .failure(ENOBUFS), .reply(Kernel.message(type: 16, sequence: 1, [1])),
      .reply(Kernel.message(type: 16, sequence: 2, [2])),
      .acknowledgement(2),
    ])
    #expect(try exchange(socket) == [[2]])
    let command = RecordingSocket([.failure(ENOBUFS), .acknowledgement()])
    #expect(throws: NetlinkError.failed(call: "receive the answer to RTM_GETLINK", Errno(ENOBUFS))) {
      try exchange(command, .command)
    }
    #expect(command.sent.count == 1)
  }

  @Test func `silence is an error after the limit`() {
    #expect(throws: NetlinkError.timedOut(request: "RTM_GETLINK", Self.limit)) { try exchange(RecordingSocket()) }
  }

  @Test func `a socket that can't send says so`() {
    #expect(throws: NetlinkError.failed(call: "send RTM_GETLINK", Errno(ECONNREFUSED))) {
      try exchange(RecordingSocket(sendFailures: [ECONNREFUSED]))
    }
  }

  @Test func `a late answer of a request that timed out is not taken for the next one's`() throws {
    let socket = RecordingSocket([.reply(Kernel.error(EPERM, 1)), .acknowledgement(2)])
    _ = socket.nextSequence()
    #expect(try exchange(socket, .command) == [])
  }
}
