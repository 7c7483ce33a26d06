import EventLoop
import Glibc
import Synchronization

/// Where the tasks of served calls run: on the polling thread for as long as they wait for nothing but the core.
///
/// A call is then answered by the thread that heard it, without waking another one; not so where that was the thread that
/// helps under load. What a task does after it has waited for something else (a timer, another thread's work) runs where
/// any Swift task does. So a method that blocks holds up the other calls: what takes longer than a few files does belongs on
/// a queue of its own.
final class ServingExecutor: TaskExecutor {
  private let thread = Atomic<UInt>(0)
  /// Hardly ever more than one at a time.
  private let jobs = Mutex<[UnownedJob]>([])

  /// From now on the calling thread is the polling thread.
  func begin() {
    thread.store(UInt(pthread_self()), ordering: .relaxed)
  }

  /// Jobs that come now belong to the global executor; the polling thread is about to end.
  func end() {
    thread.store(0, ordering: .relaxed)
    runJobs()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    guard thread.load(ordering: .relaxed) == UInt(pthread_self()) else { return TaskLoop.enqueue(job) }
    let job = UnownedJob(job)
    jobs.withLock { $0.append(job) }
  }

  /// Runs what has been enqueued on this thread, and what comes up meanwhile.
  func runJobs() {
    while let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
      job.runSynchronously(on: asUnownedTaskExecutor())
    }
  }
}
