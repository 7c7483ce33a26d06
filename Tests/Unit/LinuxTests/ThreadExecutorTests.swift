import Foundation
import Linux
import TestSupport
import Testing

/// An actor whose work blocks has a thread for it, and nobody else waits.
@Suite(.timeLimit(.minutes(1))) struct ThreadExecutorTests {
  private actor Worker {
    private let executor = ThreadExecutor(name: "test-worker")
    private(set) var turns = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func thread() -> UInt { UInt(pthread_self()) }

    nonisolated func aside(_ work: @escaping @Sendable () -> Void) { executor.run(work) }

    func turn() async {
      let before = turns
      await Task.yield()
      turns = before + 1
    }
  }

  private func threads() -> [String] {
    let ids = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    return ids.compactMap { try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8) }
  }

  @Test func allItsWorkIsOnOneThreadOfThatName() async {
    let worker = Worker()
    let first = await worker.thread()
    for _ in 0..<10 { #expect(await worker.thread() == first) }
    #expect(threads().contains("test-worker\n"))
  }

  @Test func workThatIsNoJobIsDoneThereToo() async {
    let worker = Worker()
    let (threads, told) = AsyncStream.makeStream(of: UInt.self)
    worker.aside { told.yield(UInt(pthread_self())) }
    var heard = threads.makeAsyncIterator()
    let own = await worker.thread()
    #expect(await heard.next() == own)
  }

  @Test func itsThreadEndsWithIt() async {
    do {
      let worker = Worker()
      await worker.turn()
      #expect(await worker.turns == 1)
    }
    #expect(await eventually { !threads().contains("test-worker\n") })
  }
}
