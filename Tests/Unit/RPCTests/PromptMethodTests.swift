import RPC
import TestSupport
import Testing

/// Methods that are answered by the thread that hears the call.
@Suite struct PromptMethodTests {
  private static let echo = RPCMethod.prompt { request throws(RPCStatus) in .now(request) }

  @Test func itAnswersAtOnceOrLater() async throws {
    let later = RPCMethod.prompt { request throws(RPCStatus) in
      .later { () throws(RPCStatus) in
        try? await Task.sleep(for: .milliseconds(1))
        return request
      }
    }
    try await Fixture.serving(["/t.T/Echo": Self.echo, "/t.T/Later": later]) { fixture, _ in
      let channel = fixture.channel()
      for method in ["/t.T/Echo", "/t.T/Later"] {
        for request in [[], [1], [UInt8](repeating: 7, count: 100_000)] {
          let answer = try await channel.unary(method, ByteBuffer(request), timeout: .seconds(10))
          #expect(answer.bytes == request, "\(method)")
        }
      }
    }
  }

  @Test func whatItThrowsIsWhatTheClientGets() async throws {
    let thrown = RPCStatus(code: .notFound, message: "no such thing")
    let methods: [String: RPCMethod] = [
      "/t.T/Now": .prompt { _ throws(RPCStatus) in throw thrown },
      "/t.T/Later": .prompt { _ throws(RPCStatus) in .later { () throws(RPCStatus) in throw thrown } },
    ]
    try await Fixture.serving(methods) { fixture, _ in
      for method in methods.keys {
        let got = await status { () throws(RPCStatus) in
          _ = try await fixture.channel().unary(method, ByteBuffer([]), timeout: .seconds(10))
        }
        #expect(got == thrown, "\(method)")
      }
    }
  }

  @Test func manyAtOnce() async throws {
    try await Fixture.serving(["/t.T/Echo": Self.echo]) { fixture, _ in
      await withTaskGroup(of: Bool.self) { group in
        for caller in 0..<8 {
          group.addTask {
            let channel = fixture.channel()
            for call in 0..<100 {
              let request = [UInt8(caller), UInt8(call)]
              let answer = try? await channel.unary("/t.T/Echo", ByteBuffer(request), timeout: .seconds(30))
              if answer?.bytes != request { return false }
            }
            return true
          }
        }
        for await isRight in group { #expect(isRight) }
      }
    }
  }

  @Test func aRequestBeyondTheLimitNeverGetsToIt() async throws {
    let calls = Shared(0)
    let counting = RPCMethod.prompt { request throws(RPCStatus) in
      calls.value += 1
      return .now(request)
    }
    var limits = RPCServer.Limits()
    limits.maxMessageBytes = 1000
    try await Fixture.serving(["/t.T/Count": counting], limits: limits) { fixture, _ in
      let channel = fixture.channel()
      let refused = await status { () throws(RPCStatus) in
        _ = try await channel.unary("/t.T/Count", ByteBuffer([UInt8](repeating: 1, count: 1001)), timeout: .seconds(10))
      }
      #expect(refused.code == .resourceExhausted)
      #expect(refused.message == "expected a message of at most 1000 bytes, found 1001")
      #expect(calls.value == 0)
      _ = try await channel.unary("/t.T/Count", ByteBuffer([UInt8](repeating: 1, count: 1000)), timeout: .seconds(10))
      #expect(calls.value == 1)
    }
  }

  /// kubelet compresses nothing, and the incumbent's gRPC has no decompressor either: such a call is refused in words.
  @Test(arguments: ["/t.T/Echo", "/t.T/Task"]) func compressedRequestsAreRefused(_ method: String) async throws {
    try await Fixture.serving(["/t.T/Echo": Self.echo, "/t.T/Task": .echo]) { fixture, _ in
      let peer = RawPeer()
      #expect(peer.connect(to: fixture.path) == 0)
      peer.send(RawPeer.greeting + RawPeer.call(method, message: [1, 2, 3], encoding: "gzip"))
      let heard = Shared<[UInt8]>([])
      let isRefused = await eventually {
        heard.value += peer.received() ?? []
        return String(decoding: heard.value, as: UTF8.self).contains("compressed messages are not understood here")
      }
      #expect(isRefused)
      let answer = try await fixture.channel().unary(method, ByteBuffer([9]), timeout: .seconds(10))
      #expect(answer.bytes == [9])
    }
  }

  @Test func callsWithoutAMessageHoldUpNothing() async throws {
    try await Fixture.serving(["/t.T/Echo": Self.echo]) { fixture, _ in
      let peer = RawPeer()
      #expect(peer.connect(to: fixture.path) == 0)
      peer.send(RawPeer.greeting + RawPeer.headers("/t.T/Echo", encoding: nil, isLast: false))
      for number in UInt8(0)..<20 {
        let answer = try await fixture.channel().unary("/t.T/Echo", ByteBuffer([number]), timeout: .seconds(10))
        #expect(answer.bytes == [number])
      }
    }
  }
}
