import Testing

@testable import EventLoop

/// The loop itself runs in the programs that are started by other tests; here Dispatch runs the tasks.
@Suite(.timeLimit(.minutes(1))) struct TaskLoopTests {
  private func onAThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { waiter in
      ServiceThread(name: "test") { waiter.resume(returning: body()) }.detach()
    }
  }

  @Test func aThreadWaitsForATask() async {
    let value = await onAThread { TaskLoop.wait(for: .seconds(30)) { 7 } }
    #expect(value == 7)
  }

  @Test func itWaitsNoLongerThanItMay() async {
    let began = ContinuousClock.now
    let value = await onAThread {
      TaskLoop.wait(for: .milliseconds(30)) {
        try? await Task.sleep(for: .milliseconds(300))
        return 7
      }
    }
    #expect(value == nil)
    #expect(ContinuousClock.now - began >= .milliseconds(30))
  }
}
