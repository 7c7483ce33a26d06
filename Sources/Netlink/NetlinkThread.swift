import Linux

/// The one thread that exchanges netlink messages; it starts with the first request.
///
/// Swift's own threads must not block in the kernel, and a SET_DEV_NS takes as long as the drivers take.
public struct NetlinkThread: Sendable {
  private let executor = ThreadExecutor(name: "netlink")

  /// Creates the queue; the thread starts with the first `run`.
  public init() {}

  /// Runs blocking work on the thread, after the work that was queued before, and returns its result.
  public func run<Value: Sendable, Failure: Error>(
    _ work: @escaping @Sendable () throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
      executor.run { continuation.resume(returning: Result(catching: work)) }
    }
    return try result.get()
  }
}
