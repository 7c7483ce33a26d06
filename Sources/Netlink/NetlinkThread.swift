import CLinux
import Glibc
import Synchronization

/// The one thread that waits for netlink: events are read on it, and questions that may block are asked on it.
///
/// Swift's own threads must not be held up in the kernel; a SET_DEV_NS takes as long as the drivers below it do.
public final class NetlinkThread: Sendable {
  private let loop: NetlinkLoop
  private let thread: Mutex<pthread_t?>

  /// Throws `failed` when the process may have no further descriptor or thread.
  public init() throws(NetlinkError) {
    let loop = try NetlinkLoop()
    self.loop = loop
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(loop)
    let error = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        clinux_enter_service_thread("netlink")
        Unmanaged<NetlinkLoop>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, argument.toOpaque())
    guard error == 0 else {
      argument.release()
      throw .failed(call: "pthread_create", ErrorNumber(error))
    }
    self.thread = Mutex(thread)
  }

  deinit {
    // The last owner may be on the thread itself, which can't wait for its own end.
    loop.stop()
    if let thread = thread.withLock({ $0 }) { pthread_detach(thread) }
  }

  /// Runs blocking work on the thread, after what was asked for before, and returns its result.
  ///
  /// After `stop` it runs where it is called: then there is nobody left to hold up.
  public func run<Value: Sendable, Failure: Error>(
    _ work: @escaping @Sendable () throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
      let job = { @Sendable in continuation.resume(returning: Result(catching: work)) }
      if !loop.post({ _ in job() }) { job() }
    }
    return try result.get()
  }

  /// Batches of a source's events until the stream is dropped, its task is cancelled, the source fails, or `stop`.
  ///
  /// For one reader. Events that come between two reads are handed over together.
  public func events<Source: EventSource>(of source: sending Source) -> AsyncStream<[Source.Event]> {
    let mailbox = EventMailbox(resync: Source.resync)
    let descriptor = source.descriptor
    // Handed over whole: from here on only the thread touches it.
    nonisolated(unsafe) let source = source
    let watch = NetlinkLoop.Watch(
      descriptor: descriptor,
      ready: {
        do throws(NetlinkError) {
          mailbox.deliver(try source.nextBatch())
          return .goesOn
        } catch {
          return .isOver
        }
      }, close: { mailbox.close() })
    let id = loop.add(watch)
    let lease = Lease { [loop] in loop.remove(id) }
    return AsyncStream(
      unfolding: { [lease] in
        defer { withExtendedLifetime(lease) {} }
        return await mailbox.next()
      }, onCancel: { mailbox.close() })
  }

  /// Ends every stream and returns when the thread has ended; work accepted before is done first.
  ///
  /// Not to be called from work on the thread itself.
  public func stop() {
    loop.stop()
    let running = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    if let running { pthread_join(running, nil) }
  }
}
