import Linux

/// Runs a blocking call on a thread created for it.
///
/// Swift's thread pool has one thread for each core, and an engine that does not answer would hold one for its whole
/// time limit. The engine is asked only once in seconds, so the cost of a thread does not matter.
enum OwnThread {
  /// Runs `body` and waits for its result. `name` is what `ps -L` shows, at most 15 bytes. The body must limit its own
  /// waiting, because it can't be cancelled.
  static func run<Value: Sendable>(
    name: String, _ body: @escaping @Sendable () throws(UnifiedBusError) -> Value
  ) async throws(UnifiedBusError) -> Value {
    let result = await withCheckedContinuation { continuation in
      let error = DedicatedThread.run(name: name) {
        do throws(UnifiedBusError) {
          continuation.resume(returning: Result<Value, UnifiedBusError>.success(try body()))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
      if error != 0 {
        continuation.resume(
          returning: .failure(.engineUnreachable(socket: name, reason: "no thread: \(Errno(error))")))
      }
    }
    return try result.get()
  }
}
