import Synchronization

/// Runs an actor's jobs on a thread of their own, where they may block. The thread begins with the first job.
public final class ThreadExecutor: SerialExecutor {
  private enum Step: Sendable {
    /// Keeps the executor for as long as it has work.
    case job(UnownedJob, ThreadExecutor)
    case work(@Sendable () -> Void)
  }

  private let name: String
  private let place: ThreadPlace
  private let hasThread = Atomic(false)
  private let steps = WorkQueue<Step>()

  /// `name` is what `ps -L` shows, at most 15 bytes.
  public init(name: String, place: ThreadPlace = .anywhere) {
    self.name = name
    self.place = place
  }

  deinit { steps.close() }

  public func enqueue(_ job: consuming ExecutorJob) { add(.job(UnownedJob(job), self)) }

  /// Does `work` between two of the actor's jobs; begins at once where a task would wait for its first turn.
  public func run(_ work: @escaping @Sendable () -> Void) { add(.work(work)) }

  private func add(_ step: Step) {
    steps.add(step)
    if !hasThread.exchange(true, ordering: .relaxed) { start() }
  }

  private func start() {
    let thread = ServiceThread(name: name, place: place) { [steps] in
      while let ready = steps.next() {
        for step in ready {
          switch step {
          case .job(let job, let executor): job.runSynchronously(on: executor.asUnownedSerialExecutor())
          case .work(let work): work()
          }
        }
      }
    }
    thread.detach()
  }
}
