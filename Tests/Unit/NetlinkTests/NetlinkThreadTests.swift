import Glibc
import Testing

@testable import Netlink

/// The thread on which netlink is asked.
@Suite(.timeLimit(.minutes(1))) struct NetlinkThreadTests {
  @Test func `work runs on the one thread, in order, and its errors come back`() async throws {
    let thread = NetlinkThread()
    let first = await thread.run { pthread_self() }
    let second = await thread.run { pthread_self() }
    #expect(first == second && first != pthread_self())
    await #expect(throws: NetlinkError.timedOut(request: "x", .zero)) {
      try await thread.run { () throws(NetlinkError) in throw .timedOut(request: "x", .zero) }
    }
  }

  @Test func `work is done though nobody keeps its thread`() async {
    let work = Task { await NetlinkThread().run { 7 } }
    #expect(await work.value == 7)
  }
}
