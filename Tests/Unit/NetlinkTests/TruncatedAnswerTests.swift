import Glibc
import Testing

@testable import Netlink

/// Answers of generic netlink and acknowledgements, cut after every byte: refused, or less is known; never something else.
@Suite struct TruncatedAnswerTests {
  private static let limit = Duration.seconds(1)
  private static let device = DevlinkDevice(bus: "pci", name: "0000:3b:00.0")
  private static let family = Kernel.generic(family: 16, command: 1, Kernel.attribute(1, [0x20, 0]))
  private static let resolved: [RecordingSocket.Step] = [.reply(family), .acknowledgement()]

  /// Every proper prefix as the kernel never sends it, and as it would if it had nothing more to say: with a length
  /// that fits.
  private func cuts(of message: [UInt8]) -> [(datagram: [UInt8], isWholeByItsHeader: Bool)] {
    (1..<message.count).flatMap { length -> [(datagram: [UInt8], isWholeByItsHeader: Bool)] in
      let datagram = Array(message.prefix(length))
      guard length >= 16 else { return [(datagram, false)] }
      var consistent = datagram
      consistent.replaceSubrange(0..<4, with: Kernel.bytes(UInt32(length)))
      return [(datagram, false), (consistent, true)]
    }
  }

  /// The answer to each cut, `nil` for a refusal; a datagram that lies about its length has none.
  private func answers<Answer>(
    to message: [UInt8], _ ask: (RecordingSocket.Step) throws -> Answer
  ) -> [Answer] {
    cuts(of: message).compactMap { cut in
      let answer = try? ask(.reply(cut.datagram))
      #expect(answer == nil || cut.isWholeByItsHeader, "\(cut.datagram.count) bytes are believed")
      return answer
    }
  }

  @Test func `the number of a family`() throws {
    // Two bytes of padding follow the number.
    let families = answers(to: Array(Self.family.dropLast(2))) { step in
      try Devlink(RecordingSocket([step, .acknowledgement()]), limit: Self.limit)
    }
    #expect(families.allSatisfy { $0 == nil })
  }

  @Test func `the list of devlink devices`() throws {
    let message = Kernel.generic(
      family: 32, flags: 2, sequence: 2, command: 1, Kernel.attribute(1, "pci"), Kernel.attribute(2, "0000:3b:00.0"))
    let lists = answers(to: message) { step in
      let devlink = try #require(
        try Devlink(RecordingSocket(Self.resolved + [step, .done(2)]), limit: Self.limit))
      return try devlink.devices()
    }
    #expect(lists.allSatisfy { $0 == [] || $0 == [Self.device] })
  }

  @Test func `what devlink knows of a device`() throws {
    let parameter = Kernel.nest(
      80, Kernel.attribute(81, "enable_rdma"), Kernel.attribute(83, [6]),
      Kernel.nest(84, Kernel.nest(85, Kernel.attribute(86, []), Kernel.attribute(87, [0]))))
    let questions: [(Devlink.Questions, [UInt8])] = [
      (
        .eswitchMode,
        Kernel.generic(family: 32, sequence: 2, command: 29, Kernel.attribute(25, Kernel.bytes(UInt16(1))))
      ),
      (.enableRDMA, Kernel.generic(family: 32, sequence: 2, command: 38, parameter)),
      (
        .firmwareAppName,
        Kernel.generic(
          family: 32, sequence: 2, command: 51,
          Kernel.nest(101, Kernel.attribute(103, "fw.app.name"), Kernel.attribute(104, "ICE COMMS Package")))
      ),
    ]
    for (question, message) in questions {
      let facts = answers(to: message) { step in
        let devlink = try #require(
          try Devlink(RecordingSocket(Self.resolved + [step, .acknowledgement(2)]), limit: Self.limit))
        return try devlink.fact(of: Self.device, asking: question)
      }
      for fact in facts.compactMap({ $0 }) {
        #expect(fact.eswitchMode == nil || fact.eswitchMode == "switchdev")
        #expect(fact.firmwareAppName == nil || fact.firmwareAppName == "ICE COMMS Package")
        #expect(fact.enableRDMA != true || question == .enableRDMA)
      }
    }
  }

  @Test func `the list of vDPA devices`() {
    let message = Kernel.generic(
      family: 32, flags: 2, sequence: 2, command: 3, Kernel.attribute(1, "pci"), Kernel.attribute(2, "0000:24:00.0"),
      Kernel.attribute(4, "vdpa0"))
    let lists = answers(to: message) { step in
      try VDPA.devices(on: RecordingSocket(Self.resolved + [step, .done(2)]), limit: Self.limit)
    }
    for device in lists.compactMap({ $0 }).flatMap({ $0 }) { #expect(device.name == "vdpa0") }
  }

  /// A move whose acknowledgement can't be read has not been acknowledged.
  @Test func `an acknowledgement`() throws {
    let whole = Kernel.error(0)
    for cut in cuts(of: whole) where cut.datagram.count < 20 {
      let socket = RecordingSocket([.reply(cut.datagram)])
      let request = try MessageBuilder("UBCORE_CMD_SET_DEV_NS", .command, type: 32).request()
      #expect(throws: NetlinkError.self, "\(cut.datagram.count) bytes") {
        try socket.exchange(request, within: Self.limit)
      }
    }
  }
}
