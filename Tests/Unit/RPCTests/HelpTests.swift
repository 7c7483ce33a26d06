import CLinux
import EventLoop
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import RPC

/// A second thread completes operations while the first has more of them than it can do.
@Suite(.timeLimit(.minutes(1))) struct HelpTests {
  /// What `Backlog` says after so many tasks, on a thread that nobody else has.
  private func hasBacklog(after count: Int, _ task: @escaping @Sendable () -> Void) -> Bool {
    let isThere = Atomic(false)
    let thread = ServiceThread(name: "test") {
      var backlog = Backlog()
      var spent = Duration.zero
      for _ in 0..<count {
        let began = ContinuousClock.now
        task()
        spent += ContinuousClock.now - began
        if backlog.isThere(afterMethodsOf: spent) { isThere.store(true, ordering: .relaxed) }
      }
    }
    thread.join()
    return isThere.load(ordering: .relaxed)
  }

  private static let work: @Sendable () -> Void = {
    let end = ContinuousClock.now + .microseconds(20)
    while ContinuousClock.now < end {}
  }

  @Test(.enabled(if: clinux_processors() > 1)) func aThreadThatNeverWaitsHasABacklog() {
    #expect(hasBacklog(after: 300, Self.work))
  }

  @Test func aThreadThatWaitsForEachTaskHasNone() {
    #expect(!hasBacklog(after: 300) { usleep(10) })
  }

  @Test func aBurstIsNone() {
    #expect(!hasBacklog(after: 50, Self.work))
  }

  /// As where the core has all there is to do.
  @Test func busyWithSomethingElseIsNone() {
    var backlog = Backlog()
    for _ in 0..<300 {
      Self.work()
      let isThere = backlog.isThere(afterMethodsOf: .zero)
      #expect(!isThere)
    }
  }

  private static let methods: [String: RPCMethod] = [
    "/t.T/Now": .prompt { request throws(RPCStatus) in .now(request) },
    "/t.T/Later": .prompt { request throws(RPCStatus) in .later { () throws(RPCStatus) in request } },
    "/t.T/Unary": .echo, "/t.T/Count": .count,
  ]

  private func isAnswered(_ channel: RPCChannel, _ caller: UInt8, _ call: UInt8) async throws -> Bool {
    for method in ["/t.T/Now", "/t.T/Later", "/t.T/Unary"] {
      let answer = try await channel.unary(method, ByteBuffer([caller, call]), timeout: .seconds(30))
      if answer.bytes != [caller, call] { return false }
    }
    let stream = channel.serverStream("/t.T/Count", ByteBuffer([call % 5]))
    var seen: [UInt8] = []
    while let message = try await stream.next() { seen += message.bytes }
    return seen == Array(0..<(call % 5))
  }

  @Test func whoCompletesACallChangesNothing() async throws {
    try await Fixture.serving(Self.methods) { fixture, _ in
      let helping = Task {
        while !Task.isCancelled {
          fixture.queue.callHelp()
          try? await Task.sleep(for: .milliseconds(1))
        }
      }
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for caller in UInt8(0)..<8 {
          group.addTask {
            let channel = fixture.channel()
            for call in UInt8(0)..<60 where try await !isAnswered(channel, caller, call) { return false }
            return true
          }
        }
        for try await isRight in group { #expect(isRight) }
      }
      helping.cancel()
      await helping.value
      #expect(fixture.queue.helps.load(ordering: .relaxed) > 0)
    }
  }

  /// The fixture shuts its queue down while help is there.
  @Test func aQueueEndsWithItsHelp() async throws {
    for _ in 0..<20 {
      try await Fixture.with { fixture in fixture.queue.callHelp() }
    }
  }
}
