import GRPC
import TestSupport
import Testing

@Suite struct CallTests {
  @Test func unaryAnswersWithTheBytesOfTheRequest() async throws {
    try await Fixture.serving(["/t.T/Echo": .echo]) { fixture, _ in
      let channel = fixture.channel()
      for request in [[], [7], Array(repeating: UInt8(3), count: 200_000)] as [[UInt8]] {
        let answer = try await channel.unary("/t.T/Echo", ByteBuffer(request), timeout: .seconds(10))
        #expect(answer.bytes == request)
      }
    }
  }

  @Test func streamYieldsEveryMessageInOrderAndEnds() async throws {
    try await Fixture.serving(["/t.T/Count": .count]) { fixture, _ in
      let stream = fixture.channel().serverStream("/t.T/Count", ByteBuffer([200]))
      var seen: [UInt8] = []
      while let message = try await stream.next() { seen += message.bytes }
      #expect(seen == Array(0..<200))
    }
  }

  @Test func unknownMethodsAreUnimplemented() async throws {
    try await Fixture.serving(["/t.T/Echo": .echo]) { fixture, _ in
      let channel = fixture.channel()
      for method in ["/t.T/Other", "/other.Service/Echo", "/"] {
        let status = await status { () throws(RPCStatus) in
          _ = try await channel.unary(method, ByteBuffer([]), timeout: .seconds(10))
        }
        #expect(status.code == .unimplemented)
      }
      let streamed = await status { () throws(RPCStatus) in
        _ = try await channel.serverStream("/t.T/Other", ByteBuffer([])).next()
      }
      #expect(streamed == RPCStatus(code: .unimplemented, message: "no method /t.T/Other"))
    }
  }

  @Test func aThrownStatusReachesTheClient() async throws {
    let thrown = RPCStatus(code: .invalidArgument, message: "no device “ü”\nin pool 100%")
    let methods: [String: RPCMethod] = [
      "/t.T/Unary": .unary { _ throws(RPCStatus) in throw thrown },
      "/t.T/Stream": .serverStream { _, stream throws(RPCStatus) in
        try await stream.send(ByteBuffer([1]))
        throw thrown
      },
    ]
    try await Fixture.serving(methods) { fixture, _ in
      let channel = fixture.channel()
      let unary = await status { () throws(RPCStatus) in
        _ = try await channel.unary("/t.T/Unary", ByteBuffer([]), timeout: .seconds(10))
      }
      #expect(unary == thrown)
      let stream = channel.serverStream("/t.T/Stream", ByteBuffer([]))
      let first = try await stream.next()
      #expect(first?.bytes == [1])
      let streamed = await status { () throws(RPCStatus) in _ = try await stream.next() }
      #expect(streamed == thrown)
    }
  }

  @Test func manyCallsAtOnceKeepTheirAnswersApart() async throws {
    try await Fixture.serving(["/t.T/Echo": .echo, "/t.T/Count": .count]) { fixture, _ in
      let channels = (0..<4).map { _ in fixture.channel() }
      let wrong = await withTaskGroup(of: Int.self) { group in
        for number in 0..<1000 {
          let channel = channels[number % channels.count]
          group.addTask {
            let request = [UInt8(number & 255), UInt8(number >> 8)]
            let answer = try? await channel.unary("/t.T/Echo", ByteBuffer(request), timeout: .seconds(30))
            return answer?.bytes == request ? 0 : 1
          }
          if number % 10 == 0 {
            group.addTask {
              let stream = channel.serverStream("/t.T/Count", ByteBuffer([20]))
              var seen: [UInt8] = []
              while let message = try? await stream.next() { seen += message.bytes }
              return seen == Array(0..<20) ? 0 : 1
            }
          }
        }
        return await group.reduce(0, +)
      }
      #expect(wrong == 0)
    }
  }

  @Test func deadlineEndsTheCallOnBothSides() async throws {
    let record = CallRecord()
    try await Fixture.serving(["/t.T/Hang": .hanging(record)]) { fixture, _ in
      let status = await status { () throws(RPCStatus) in
        _ = try await fixture.channel().unary("/t.T/Hang", ByteBuffer([]), timeout: .milliseconds(50))
      }
      #expect(status.code == .deadlineExceeded)
    }
    // A call that reached the server has left it by now, as the server is stopped.
    #expect(record.startedCount == record.cancelledCount)
  }

  @Test func nobodyListeningIsUnavailable() async throws {
    try await Fixture.with { fixture in
      let long = "/" + String(repeating: "x", count: 107)
      let reasons = [
        fixture.path: "\(fixture.path): No such file or directory", long: "it has 108 bytes, and at most 107 fit",
      ]
      for (path, reason) in reasons {
        let channel = RPCChannel(queue: fixture.queue, path: path)
        let unary = await status { () throws(RPCStatus) in
          _ = try await channel.unary("/t.T/Echo", ByteBuffer([]), timeout: .seconds(10))
        }
        let stream = channel.serverStream("/t.T/Echo", ByteBuffer([]))
        let streamed = await status { () throws(RPCStatus) in _ = try await stream.next() }
        for status in [unary, streamed] {
          #expect(status.code == .unavailable)
          #expect(status.message.contains(reason))
        }
      }
    }
  }

  @Test func aChannelFindsAServerThatHasComeBack() async throws {
    try await Fixture.with { fixture in
      let channel = fixture.channel()
      for _ in 0..<3 {
        let server = RPCServer(queue: fixture.queue, methods: ["/t.T/Echo": .echo])
        try server.listen(at: fixture.path)
        #expect(
          await eventually {
            (try? await channel.unary("/t.T/Echo", ByteBuffer([1]), timeout: .seconds(10)))?.bytes == [1]
          })
        await server.stop(grace: .seconds(5))
      }
    }
  }
}
