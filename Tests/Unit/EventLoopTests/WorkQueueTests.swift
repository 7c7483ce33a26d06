import TestSupport
import Testing

@testable import EventLoop

/// One thread's work, in its order and at its time.
@Suite(.timeLimit(.minutes(1))) struct WorkQueueTests {
  @Test func whatIsReadyComesInOrder() {
    let queue = WorkQueue<Int>()
    for number in 1...3 { queue.add(number) }
    #expect(queue.next() == [1, 2, 3])
    queue.add(4)
    #expect(queue.next() == [4])
  }

  @Test func aWaitEndsWithWorkFromAnotherThread() {
    let queue = WorkQueue<Int>()
    let thread = ServiceThread(name: "test") {
      for number in 1...1000 { queue.add(number) }
    }
    var seen: [Int] = []
    while seen.count < 1000 { seen += queue.next() ?? [] }
    thread.join()
    #expect(seen == Array(1...1000))
  }

  @Test func laterWorkComesAtItsTimeAndInItsOrder() {
    let queue = WorkQueue<String>()
    let began = ContinuousClock.now
    _ = queue.add("third", after: 60_000_000)
    _ = queue.add("first", after: 30_000_000)
    _ = queue.add("second", after: 30_000_000)
    var seen: [String] = []
    while seen.count < 2 { seen += queue.next() ?? [] }
    #expect(ContinuousClock.now - began >= .milliseconds(30))
    while seen.count < 3 { seen += queue.next() ?? [] }
    #expect(seen == ["first", "second", "third"])
    #expect(ContinuousClock.now - began >= .milliseconds(60))
  }

  @Test func forgottenWorkNeverComes() {
    let queue = WorkQueue<String>()
    let forgotten = queue.add("forgotten", after: 1_000_000)
    _ = queue.add("kept", after: 20_000_000)
    queue.forget(forgotten)
    #expect(queue.next() == ["kept"])
  }

  @Test func aMomentPastAllClocksIsNoTrap() {
    let queue = WorkQueue<String>()
    _ = queue.add("never", after: .max)
    queue.add("now")
    #expect(queue.next() == ["now"])
  }

  @Test func closingEndsTheWaitAfterWhatIsReady() {
    let queue = WorkQueue<Int>()
    queue.add(1)
    _ = queue.add(2, after: 3_600_000_000_000)
    queue.close()
    #expect(queue.next() == [1])
    #expect(queue.next() == nil)
  }
}
