import Foundation
import GRPC
import TestSupport
import Testing

@Suite struct SocketTests {
  private func listenError(_ server: RPCServer, _ path: String) -> ListenError? {
    do throws(ListenError) {
      try server.listen(at: path)
      return nil
    } catch {
      return error
    }
  }

  private func answers(_ fixture: Fixture, _ path: String, by name: UInt8) async -> Bool {
    let channel = RPCChannel(queue: fixture.queue, path: path)
    let answer = try? await channel.unary("/t.T/Name", ByteBuffer([]), timeout: .seconds(10))
    return answer?.bytes == [name]
  }

  private func server(_ fixture: Fixture, named name: UInt8) -> RPCServer {
    RPCServer(queue: fixture.queue, methods: ["/t.T/Name": .unary { _ throws(RPCStatus) in ByteBuffer([name]) }])
  }

  @Test(arguments: [0o600, 0o660] as [UInt32])
  func fileHasTheModeAskedForAndNoTemporaryIsLeft(mode: UInt32) async throws {
    try await Fixture.with { fixture in
      let server = server(fixture, named: 1)
      try server.listen(at: fixture.path, mode: mode)
      var file = stat()
      #expect(lstat(fixture.path, &file) == 0)
      #expect(file.st_mode == S_IFSOCK | mode)
      #expect(fixture.directory.names == ["test.sock"])
      #expect(server.ownsSocketFile)
      await server.stop(grace: .seconds(1))
      #expect(fixture.directory.names == [])
      #expect(!server.ownsSocketFile)
    }
  }

  @Test func aPathSomeoneListensOnIsRefused() async throws {
    try await Fixture.with { fixture in
      let first = server(fixture, named: 1)
      let second = server(fixture, named: 2)
      try first.listen(at: fixture.path)
      #expect(listenError(second, fixture.path) == .inUse(fixture.path))
      #expect(await answers(fixture, fixture.path, by: 1))
      await second.stop(grace: .seconds(1))
      #expect(first.ownsSocketFile)
      await first.stop(grace: .seconds(1))
    }
  }

  /// Neither at the socket's path nor at that of its temporary name, which once was removed whatever it was.
  @Test(arguments: ["test.sock", ".test.soc"], SpecialFile.possible.filter { $0 != .socket })
  func onlyASocketIsReplaced(_ name: String, _ kind: SpecialFile) async throws {
    try await Fixture.with { fixture in
      let before = try kind.make(at: fixture.directory[name])
      #expect(listenError(server(fixture, named: 1), fixture.path) == .notASocket(fixture.directory[name]))
      #expect(try SpecialFile.identity(of: fixture.directory[name]) == before)
      #expect(fixture.directory.names == [name])
    }
  }

  @Test func aFullBacklogCountsAsSomeoneListening() async throws {
    try await Fixture.with { fixture in
      let busy = RawPeer()
      #expect(busy.bind(to: fixture.path) == 0)
      #expect(busy.listen() == 0)
      let waiting = (0..<2).map { _ in RawPeer() }
      for peer in waiting { #expect(peer.connect(to: fixture.path) == 0) }
      let server = server(fixture, named: 1)
      #expect(listenError(server, fixture.path) == .inUse(fixture.path))
    }
  }

  @Test func theSocketOfADeadProcessIsTakenOver() async throws {
    try await Fixture.with { fixture in
      do {
        let dead = RawPeer()
        #expect(dead.bind(to: fixture.path) == 0)
      }
      let server = server(fixture, named: 3)
      try server.listen(at: fixture.path)
      #expect(await answers(fixture, fixture.path, by: 3))
      await server.stop(grace: .seconds(1))
    }
  }

  @Test func anOldServerLeavesItsSuccessorsSocket() async throws {
    try await Fixture.with { fixture in
      let old = server(fixture, named: 1)
      let new = server(fixture, named: 2)
      try old.listen(at: fixture.path)
      try FileManager.default.removeItem(atPath: fixture.path)  // kubelet has been restarted
      #expect(!old.ownsSocketFile)
      try new.listen(at: fixture.path)
      #expect(!old.ownsSocketFile)
      await old.stop(grace: .seconds(1))
      #expect(new.ownsSocketFile)
      #expect(await answers(fixture, fixture.path, by: 2))
      await new.stop(grace: .seconds(1))
    }
  }

  @Test func aServerListensAgainWhenItsFileWasDeleted() async throws {
    try await Fixture.with { fixture in
      let server = server(fixture, named: 1)
      try server.listen(at: fixture.path)
      let channel = fixture.channel()
      _ = try await channel.unary("/t.T/Name", ByteBuffer([]), timeout: .seconds(10))
      try FileManager.default.removeItem(atPath: fixture.path)
      try server.listen(at: fixture.path)
      #expect(server.ownsSocketFile)
      #expect(await answers(fixture, fixture.path, by: 1))
      let answer = try await channel.unary("/t.T/Name", ByteBuffer([]), timeout: .seconds(10))
      #expect(answer.bytes == [1])
      await server.stop(grace: .seconds(1))
    }
  }

  @Test func aMovedServerTakesItsOldFileAway() async throws {
    try await Fixture.with { fixture in
      let server = server(fixture, named: 1)
      try server.listen(at: fixture.path)
      try server.listen(at: fixture.directory["b.sock"])
      #expect(fixture.directory.names == ["b.sock"])
      #expect(await answers(fixture, fixture.directory["b.sock"], by: 1))
      await server.stop(grace: .seconds(1))
    }
  }

  @Test func pathsThatFitAreServedAndLongerOnesNamed() async throws {
    try await Fixture.with { fixture in
      let room = 107 - fixture.directory.path.utf8.count - 1
      let longest = fixture.directory[String(repeating: "s", count: room)]
      let server = server(fixture, named: 1)
      try server.listen(at: longest)
      #expect(await answers(fixture, longest, by: 1))
      let long = longest + "s"
      let error = listenError(server, long)
      #expect(error == .unusablePath(long, reason: "it has 108 bytes, and at most 107 fit"))
      #expect(listenError(server, "/tmp/a\0b") == .unusablePath("/tmp/a\0b", reason: "it holds a zero byte"))
      #expect(listenError(server, "/tmp/") == .unusablePath("/tmp/", reason: "it does not end in a name"))
      #expect(await answers(fixture, longest, by: 1))
      await server.stop(grace: .seconds(1))
    }
  }

  @Test func aShortestNameAtTheEndOfALongestPathFits() async throws {
    try await Fixture.with { fixture in
      let room = 107 - fixture.directory.path.utf8.count - 3
      let directory = fixture.directory[String(repeating: "d", count: room)]
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
      let server = server(fixture, named: 1)
      try server.listen(at: directory + "/s")
      #expect(await answers(fixture, directory + "/s", by: 1))
      await server.stop(grace: .seconds(1))
    }
  }

  @Test func charactersWithAMeaningInURIsAreOnlyCharacters() async throws {
    try await Fixture.with { fixture in
      let path = fixture.directory["a b%2F?#ü.sock"]
      let server = server(fixture, named: 1)
      try server.listen(at: path)
      #expect(await answers(fixture, path, by: 1))
      await server.stop(grace: .seconds(1))
    }
  }

  @Test func filesThatAreNoSocketsAreLeftAlone() async throws {
    try await Fixture.with { fixture in
      let server = server(fixture, named: 1)
      try Data("precious".utf8).write(to: URL(fileURLWithPath: fixture.path))
      #expect(listenError(server, fixture.path) == .notASocket(fixture.path))
      #expect(FileManager.default.contents(atPath: fixture.path) == Data("precious".utf8))
      let missing = fixture.directory["missing/test.sock"]
      let directory = fixture.directory["missing/"]
      #expect(listenError(server, missing) == .system(operation: "open", path: directory, errno: ENOENT))
    }
  }

  @Test func aStoppedServerDoesNotListenAgain() async throws {
    try await Fixture.with { fixture in
      let server = server(fixture, named: 1)
      await server.stop(grace: .seconds(1))
      #expect(listenError(server, fixture.path) == .stopped(fixture.path))
      #expect(fixture.directory.names == [])
    }
  }

  @Test func errorsReadWell() {
    #expect("\(ListenError.inUse("/a"))" == "/a: another process listens here")
    #expect(
      "\(ListenError.system(operation: "bind", path: "/a", errno: EACCES))" == "/a: bind: Permission denied")
  }
}
