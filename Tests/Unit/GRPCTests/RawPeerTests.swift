import GRPC
import TestSupport
import Testing

/// Peers that do not speak HTTP/2 as they should.
@Suite struct RawPeerTests {
  private func echoes(_ fixture: Fixture) async -> Bool {
    let answer = try? await fixture.channel().unary("/t.T/Echo", ByteBuffer([9]), timeout: .seconds(10))
    return answer?.bytes == [9]
  }

  @Test func garbageClosesItsOwnConnectionOnly() async throws {
    try await Fixture.serving(["/t.T/Echo": .echo]) { fixture, _ in
      let garbage: [[UInt8]] = [
        Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8),
        Array(repeating: 0xff, count: 4096),
        RawPeer.greeting + Array(repeating: 0xff, count: 64),
        RawPeer.greeting + [0, 0, 5, 1, 5, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0xff],  // HEADERS that are not HPACK
        RawPeer.greeting + [0, 0, 5, 4, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5],  // SETTINGS of five bytes
      ]
      for bytes in garbage {
        let peer = RawPeer()
        #expect(peer.connect(to: fixture.path) == 0)
        peer.send(bytes)
        #expect(await eventually { peer.isClosed }, "after \(bytes.count) bytes ending in \(bytes.suffix(6))")
        #expect(await echoes(fixture))
      }
    }
  }

  @Test func aClientThatStopsSendingIsClosed() async throws {
    try await Fixture.serving(["/t.T/Echo": .echo]) { fixture, _ in
      let peer = RawPeer()
      #expect(peer.connect(to: fixture.path) == 0)
      peer.send(RawPeer.greeting)
      peer.endSending()
      #expect(await eventually { peer.isClosed })
    }
  }

  @Test func silentClientsDoNotHoldUpAStop() async throws {
    try await Fixture.with { fixture in
      let server = RPCServer(queue: fixture.queue, methods: ["/t.T/Echo": .echo])
      try server.listen(at: fixture.path)
      let mute = RawPeer()
      let half = RawPeer()
      #expect(mute.connect(to: fixture.path) == 0)
      #expect(half.connect(to: fixture.path) == 0)
      half.send(RawPeer.greeting)  // and never an answer to a ping
      #expect(await eventually { !(half.received() ?? []).isEmpty })
      let duration = await ContinuousClock().measure { await server.stop(grace: .seconds(20)) }
      #expect(duration < .seconds(10))
      #expect(await eventually { mute.isClosed && half.isClosed })
    }
  }

  @Test func connectionsAreCappedAndTheirPlacesFreedAgain() async throws {
    var limits = RPCServer.Limits()
    limits.connections = 3
    try await Fixture.serving(["/t.T/Echo": .echo], limits: limits) { fixture, _ in
      for _ in 0..<5 {
        var peers: [RawPeer] = []
        for _ in 0..<3 { peers.append(try await admitted(to: fixture)) }
        let fourth = RawPeer()
        #expect(fourth.connect(to: fixture.path) == 0)
        #expect(await eventually { fourth.isClosed })
        #expect(await !echoes(fixture))
        #expect(peers.allSatisfy { !$0.isClosed })
      }
      #expect(await eventually { await echoes(fixture) })
    }
  }

  /// A peer that the server has greeted. A place is free only when the server has seen the end of who had it before.
  private func admitted(to fixture: Fixture) async throws -> RawPeer {
    let current = Shared<RawPeer?>(nil)
    let isGreeted = await eventually {
      if current.value?.isClosed ?? true {
        let fresh = RawPeer()
        guard fresh.connect(to: fixture.path) == 0 else { return false }
        fresh.send(RawPeer.greeting)
        current.value = fresh
      }
      return await eventually(within: .milliseconds(100)) { !(current.value?.received() ?? []).isEmpty }
    }
    return try #require(isGreeted ? current.value : nil)
  }
}
