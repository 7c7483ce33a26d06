import EventLoop
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1))) struct ParallelWorkTests {
  private func name() -> String {
    let text = (try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)) ?? ""
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  @Test func itIsWorkedOutOnAThreadOfThatName() {
    let work = ParallelWork(name: "test-aside") { [self] in name() }
    #expect(work.value() == "test-aside")
    // Not a second time, and not by whoever asks.
    #expect(work.value() == "test-aside")
  }

  @Test func severalAreUnderWayAtOnce() {
    let met = DispatchSemaphore(value: 0)
    let first = ParallelWork(name: "test-first") { met.wait(timeout: .now() + 20) == .success }
    let second = ParallelWork(name: "test-second") { met.signal() }
    #expect(first.value())
    _ = second.value()
  }

  @Test func workThatNobodyAsksForIsDoneToo() async {
    let (stream, done) = AsyncStream.makeStream(of: Void.self)
    _ = ParallelWork(name: "test-forgotten") { done.yield() }
    for await _ in stream { break }
  }
}
