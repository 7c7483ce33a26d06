import Linux

/// The one thread on which netlink is asked. It begins with the first question.
///
/// Swift's own threads must not be held up in the kernel; a SET_DEV_NS takes as long as the drivers below it do.
public struct NetlinkThread: Sendable {
  private let executor = ThreadExecutor(name: "netlink")

  public init() {}

  /// Runs blocking work on the thread, after what was asked for before, and returns its result.
  public func run<Value: Sendable, Failure: Error>(
    _ work: @escaping @Sendable () throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
      executor.run { continuation.resume(returning: Result(catching: work)) }
    }
    return try result.get()
  }
}
