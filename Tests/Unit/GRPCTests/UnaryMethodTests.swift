import GRPC
import TestSupport
import Testing

/// What a method with one request and one answer takes and refuses.
@Suite struct UnaryMethodTests {
  @Test func manyAtOnce() async throws {
    try await Fixture.serving(["/t.T/Echo": .echo]) { fixture, _ in
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
    let counting = RPCMethod.unary { request throws(RPCStatus) in
      calls.change { $0 += 1 }
      return request
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
  @Test func compressedRequestsAreRefused() async throws {
    let method = "/t.T/Echo"
    try await Fixture.serving([method: .echo]) { fixture, _ in
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
    try await Fixture.serving(["/t.T/Echo": .echo]) { fixture, _ in
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
