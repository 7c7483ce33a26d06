import EventLoop
import Glibc
import Synchronization

/// Where the tasks of served calls run: on the polling thread that heard of what they waited for, for as long as they wait
/// for nothing but the core.
///
/// A call is then answered by the thread that heard it, without waking another one, and no faster than it is heard. What a
/// task does after it has waited for something else (a timer, another thread's work) runs where any Swift task does. So a
/// method that blocks holds up the other calls: what takes longer than a few files does belongs on a queue of its own.
final class ServingExecutor: TaskExecutor {
  /// The polling thread, and the one that helps it.
  enum Role: Int {
    case polling, helping
  }

  private final class Place: Sendable {
    let thread = Atomic<UInt>(0)
    /// Hardly ever more than one at a time.
    let jobs = Mutex<[UnownedJob]>([])
  }

  private let places = [Place(), Place()]

  /// From now on the calling thread has the role.
  func begin(_ role: Role) {
    places[role.rawValue].thread.store(UInt(pthread_self()), ordering: .relaxed)
  }

  /// Jobs that come now belong to others; the thread is about to end.
  func end(_ role: Role) {
    places[role.rawValue].thread.store(0, ordering: .relaxed)
    runJobs(role)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let thread = UInt(pthread_self())
    guard let place = places.first(where: { $0.thread.load(ordering: .relaxed) == thread }) else {
      return TaskLoop.enqueue(job)
    }
    let job = UnownedJob(job)
    place.jobs.withLock { $0.append(job) }
  }

  /// Runs what has been enqueued on the thread of this role, which calls, and what comes up meanwhile.
  func runJobs(_ role: Role) {
    let place = places[role.rawValue]
    while let job = place.jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
      job.runSynchronously(on: asUnownedTaskExecutor())
    }
  }
}
