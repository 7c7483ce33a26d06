import Dispatch
import Synchronization

/// Lets a thread of a library wait for a task.
public enum BlockingWait {
  private final class Answer<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
    let signal = DispatchSemaphore(value: 0)
  }

  /// Blocks the calling thread, which must not be one of Swift's, until a task has run `body`.
  ///
  /// - Returns: What `body` returned; nil when `seconds` pass before.
  public static func value<Value: Sendable>(
    within seconds: Int, _ body: @escaping @Sendable () async -> Value
  ) -> Value? {
    let answer = Answer<Value>()
    Task {
      let value = await body()
      answer.value.withLock { $0 = value }
      answer.signal.signal()
    }
    guard answer.signal.wait(timeout: .now() + .seconds(seconds)) == .success else { return nil }
    return answer.value.withLock { $0 }
  }
}
