import Dispatch
import Synchronization

/// Threads for work that may block for as long as the kernel likes.
///
/// A piece of work that hangs costs its thread and nothing else. A thread that has finished waits for the next piece of work,
/// so that a start of a thread is not part of each call of kubelet.
public final class BlockingThreads: Sendable {
  /// Threads that wait for work. More are needed only while some of them hang or calls overlap.
  private static let mostIdle = 2

  private final class Worker: Sendable {
    let work = Mutex<(@Sendable () -> Void)?>(nil)
    let signal = DispatchSemaphore(value: 0)

    func give(_ next: (@Sendable () -> Void)?) {
      work.withLock { $0 = next }
      signal.signal()
    }

    /// Nil when there will be none.
    func next() -> (@Sendable () -> Void)? {
      signal.wait()
      return work.withLock { $0.take() }
    }
  }

  private let name: String
  private let idle = Mutex<[Worker]>([])

  /// `name` is what `ps -L` shows, at most 15 bytes.
  public init(name: String) { self.name = name }

  deinit { for worker in idle.withLock({ $0 }) { worker.give(nil) } }

  /// Starts `work` at once.
  public func run(_ work: @escaping @Sendable () -> Void) {
    if let worker = idle.withLock({ $0.popLast() }) { return worker.give(work) }
    let thread = DedicatedThread(name: name) { [weak self] in
      let worker = Worker()
      work()
      while self?.keeps(worker) == true, let next = worker.next() { next() }
    }
    thread.detach()
  }

  private func keeps(_ worker: Worker) -> Bool {
    idle.withLock { idle in
      guard idle.count < Self.mostIdle else { return false }
      idle.append(worker)
      return true
    }
  }
}
