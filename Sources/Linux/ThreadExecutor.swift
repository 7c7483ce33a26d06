import Dispatch
import Synchronization

/// Runs an actor's jobs on a thread of its own, where they may block. The thread starts with the first job.
public final class ThreadExecutor: SerialExecutor {
  /// Steps in the order in which they came; one signal for each.
  private final class Queue: Sendable {
    let steps = Mutex<[Step]>([])
    let signal = DispatchSemaphore(value: 0)

    func add(_ step: Step) {
      steps.withLock { $0.append(step) }
      signal.signal()
    }

    func next() -> Step {
      signal.wait()
      return steps.withLock { $0.removeFirst() }
    }
  }

  private enum Step: Sendable {
    /// Keeps the executor for as long as it has work.
    case job(UnownedJob, ThreadExecutor)
    case work(@Sendable () -> Void)
    case end
  }

  private let name: String
  private let hasThread = Atomic(false)
  private let queue = Queue()

  /// `name` is what `ps -L` shows, at most 15 bytes.
  public init(name: String) { self.name = name }

  deinit { queue.add(.end) }

  public func enqueue(_ job: consuming ExecutorJob) { add(.job(UnownedJob(job), self)) }

  /// Runs `work` between two of the actor's jobs.
  public func run(_ work: @escaping @Sendable () -> Void) { add(.work(work)) }

  private func add(_ step: Step) {
    queue.add(step)
    if !hasThread.exchange(true, ordering: .relaxed) { start() }
  }

  private func start() {
    let thread = DedicatedThread(name: name) { [queue] in
      while true {
        switch queue.next() {
        case .job(let job, let executor): job.runSynchronously(on: executor.asUnownedSerialExecutor())
        case .work(let work): work()
        case .end: return
        }
      }
    }
    thread.detach()
  }
}
