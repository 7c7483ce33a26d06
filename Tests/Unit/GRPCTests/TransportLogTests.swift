import GRPC
import Glibc
import TestSupport
import Testing

/// The log is the process's, so each of these has one to itself.
@Suite struct TransportLogTests {
  @Test func theCoresLinesGoWhereTheyAreSent() async throws {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      setenv("GRPC_VERBOSITY", "debug", 1)
      let lines = Shared<[TransportLog.Line]>([])
      TransportLog.redirect { line in lines.change { $0.append(line) } }
      let queue = CompletionQueue()
      let channel = RPCChannel(queue: queue, path: "/nowhere/test.sock")
      let failed = await status { () throws(RPCStatus) in
        _ = try await channel.unary("/t.T/Echo", ByteBuffer([]), timeout: .seconds(10))
      }
      try #require(failed.code == .unavailable)
      try #require(lines.value.contains { $0.severity == .debug && $0.origin?.contains(".cc:") == true })
      queue.shutdown()
    }
    #expect(result?.standardErrorContent.isEmpty == true)
  }

  @Test func refusedConnectionsAreReportedWithTheirPath() async {
    await #expect(processExitsWith: .success) {
      let lines = Shared<[TransportLog.Line]>([])
      TransportLog.redirect { line in lines.change { $0.append(line) } }
      var limits = RPCServer.Limits()
      limits.connections = 0
      try await Fixture.serving([:], limits: limits) { fixture, _ in
        let peer = RawPeer()
        try #require(peer.connect(to: fixture.path) == 0)
        try #require(await eventually { peer.isClosed })
        let expected = "refused a connection to \(fixture.path): there are 0 already"
        try #require(await eventually { lines.value.contains { $0.message == expected && $0.origin == nil } })
      }
    }
  }
}
