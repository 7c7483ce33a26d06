import Synchronization

/// Runs an actor's jobs on a thread of their own, where they may block. The thread begins with the first job.
public final class ThreadExecutor: SerialExecutor {
  private struct Step: Sendable {
    let job: UnownedJob
    /// Keeps the executor for as long as it has work.
    let executor: ThreadExecutor
  }

  private let name: String
  private let hasThread = Atomic(false)
  private let steps = WorkQueue<Step>()

  /// `name` is what `ps -L` shows, at most 15 bytes.
  public init(name: String) { self.name = name }

  deinit { steps.close() }

  public func enqueue(_ job: consuming ExecutorJob) {
    steps.add(Step(job: UnownedJob(job), executor: self))
    if !hasThread.exchange(true, ordering: .relaxed) { start() }
  }

  private func start() {
    let thread = ServiceThread(name: name) { [steps] in
      while let ready = steps.next() {
        for step in ready { step.job.runSynchronously(on: step.executor.asUnownedSerialExecutor()) }
      }
    }
    thread.detach()
  }
}
