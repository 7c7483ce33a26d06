import Dispatch
import Synchronization

/// Threads for work that may block in the kernel without a limit.
///
/// A piece of work that hangs costs its thread and nothing else. A thread that has finished waits for the next piece of work,
/// so kubelet's calls do not start a thread each.
public final class BlockingThreads: Sendable {
  /// One piece of work; it may block in the kernel for as long as it takes.
  public typealias Work = @Sendable () -> Void

  /// How many threads wait for work. More are needed only while some of them hang or calls overlap.
  private static let mostIdle = 2

  private final class Worker: Sendable {
    let work = Mutex<Work?>(nil)
    let signal = DispatchSemaphore(value: 0)

    func give(_ next: Work?) {
      work.withLock { $0 = next }
      signal.signal()
    }

    /// Nil when no more work will come.
    func next() -> Work? {
      signal.wait()
      return work.withLock { $0.take() }
    }
  }

  private struct State {
    var idle: [Worker] = []
    /// Work for which no thread could be created: the next thread that is free does it.
    var waiting: [Work] = []
    var count = 0
  }

  private enum Next {
    case work(Work)
    case idle
    case end
  }

  private let name: String
  private let state = Mutex(State())

  /// Creates the pool without a thread. `name` is what `ps -L` shows for its threads, at most 15 bytes.
  public init(name: String) { self.name = name }

  deinit { for worker in state.withLock({ $0.idle }) { worker.give(nil) } }

  /// Runs `work` on a thread of the pool: at once, or as soon as a thread is free when the kernel refuses a new one.
  /// The process ends with an error when the pool has no thread at all and can't create one.
  public func run(_ work: @escaping Work) {
    if let worker = state.withLock({ $0.idle.popLast() }) { return worker.give(work) }
    let error = DedicatedThread.run(name: name) { [weak self] in
      let worker = Worker()
      var current: Work? = work
      while let now = current {
        now()
        switch self?.next(for: worker) ?? .end {
        case .work(let next): current = next
        case .idle: current = worker.next()
        case .end: current = nil
        }
      }
    }
    if error == 0 { return state.withLock { $0.count += 1 } }
    let isTaken = state.withLock { state in
      guard state.count > 0 else { return false }
      state.waiting.append(work)
      return true
    }
    if !isTaken { DedicatedThread(name: name, work).detach() }
  }

  private func next(for worker: Worker) -> Next {
    state.withLock { state in
      if !state.waiting.isEmpty { return .work(state.waiting.removeFirst()) }
      guard state.idle.count < Self.mostIdle else {
        state.count -= 1
        return .end
      }
      state.idle.append(worker)
      return .idle
    }
  }
}
