import Synchronization

/// A value that a thread of its own works out while its maker goes on.
public final class ParallelWork<Value: Sendable>: Sendable {
  private final class Outcome: Sendable {
    let value = Mutex<Value?>(nil)
  }

  private let outcome = Outcome()
  private let body: @Sendable () -> Value
  /// Nil when there was none to be had, and after the wait for its end.
  private let thread: Mutex<ServiceThread?>

  /// `name` is what `ps -L` shows, at most 15 bytes.
  public init(name: String, _ body: @escaping @Sendable () -> Value) {
    self.body = body
    let begun = ServiceThread.begin(name, .elsewhere) { [outcome] in
      let value = body()
      outcome.value.withLock { $0 = value }
    }
    thread = Mutex(try? begun.get())
  }

  deinit { thread.withLock { $0.take() }?.detach() }

  /// Waits for it; a process that may have no further thread works it out here. For one caller at a time.
  public func value() -> Value {
    thread.withLock { $0.take() }?.join()
    return outcome.value.withLock { $0 } ?? body()
  }
}
