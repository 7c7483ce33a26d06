import Synchronization

/// Resumes a waiting task with the first of several outcomes. Later ones are dropped.
final class FirstOutcome<Value: Sendable>: Sendable {
  private let continuation: Mutex<CheckedContinuation<Value, Never>?>

  init(_ continuation: CheckedContinuation<Value, Never>) { self.continuation = Mutex(continuation) }

  func take(_ value: Value) { continuation.withLock { $0.take() }?.resume(returning: value) }
}
