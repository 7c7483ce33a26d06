import CSwiftRuntime
import Synchronization

/// Runs the process's tasks and actors on one thread, in the order in which they become ready.
///
/// Dispatch, where Swift's tasks run by default, keeps a thread for each core and more, and looks at them once a second
/// for ever. The daemon has no use for a second thread: whatever blocks has one of its own (`ThreadExecutor`), and a loop
/// that nothing wakes costs nothing. For a program's first thread; a program that does not begin it has Dispatch's.
public enum TaskLoop {
  private enum Work: Sendable {
    case step(Step)
    case wake(Sleep)
  }

  /// A task up to where it waits next. The runtime gives it to one thread at a time.
  private struct Step: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
  }

  private static let work = WorkQueue<Work>()
  private static let hasBegun = Atomic(false)

  /// Before the first task is made.
  public static func begin() {
    hasBegun.store(true, ordering: .releasing)
    cswift_take_steps { step in
      guard let step else { return }
      TaskLoop.work.add(.step(Step(pointer: step)))
    }
  }

  /// Never returns: the program ends by `exit`.
  public static func run() -> Never {
    while true {
      // Nobody closes this queue.
      for work in work.next() ?? [] {
        switch work {
        case .step(let step): cswift_run_step(step.pointer)
        case .wake(let sleep): sleep.end()
        }
      }
    }
  }

  /// For an executor of the program's own that leaves a job to whatever runs all others: `globalConcurrentExecutor` would
  /// be Dispatch, whatever loop a program has.
  public static func enqueue(_ job: consuming ExecutorJob) {
    guard hasBegun.load(ordering: .acquiring) else { return globalConcurrentExecutor.enqueue(job) }
    // What the runtime itself passes to its hook: a job is one pointer.
    work.add(.step(Step(pointer: unsafeBitCast(UnownedJob(job), to: UnsafeMutableRawPointer.self))))
  }

  /// `Task.sleep(for:)`, which in itself goes to Dispatch whatever loop a program has. Throws when the task is cancelled.
  public static func sleep(for duration: Duration) async throws {
    guard hasBegun.load(ordering: .acquiring) else { return try await Task.sleep(for: duration) }
    let sleep = Sleep()
    let alarm = work.add(.wake(sleep), after: nanoseconds(duration))
    await withTaskCancellationHandler {
      await sleep.over()
    } onCancel: {
      work.forget(alarm)
      sleep.end()
    }
    try Task.checkCancellation()
  }

  /// Blocks the calling thread, which must not be the loop's, until a task has run `body`; nil when `limit` passes before.
  public static func wait<Value: Sendable>(
    for limit: Duration, _ body: @escaping @Sendable () async -> Value
  ) -> Value? {
    let values = WorkQueue<Value?>()
    _ = values.add(nil, after: nanoseconds(limit))
    Task { values.add(await body()) }
    return values.next()?.first ?? nil
  }

  private static func nanoseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    let (whole, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return isTooLong ? .max : max(1, whole + attoseconds / 1_000_000_000)
  }
}
