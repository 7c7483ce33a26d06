import Linux

/// Runs a call that waits in the kernel on a thread made for it.
///
/// Swift's thread pool has as many threads as the node has cores for the whole daemon: an engine that does not answer
/// would hold one of them for its whole time limit. The engine is asked once in seconds, so a thread costs nothing.
enum OwnThread {
  /// `name` is what `ps -L` shows, at most 15 bytes. The body has to bound its own waiting: it cannot be cancelled.
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
