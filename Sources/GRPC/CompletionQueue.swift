import CGRPC
import Glibc
public import Linux
import Synchronization

/// The gRPC core's queue of completed operations, and the thread that polls it. The process has one; every server and
/// channel shares it.
public final class CompletionQueue: Sendable {
  let handle: Handle
  /// The thread that accepts connections; `shutdown` ends it too.
  public let watcher: DescriptorWatcher
  /// Twice the number of pending operations, plus one when the queue is closing. No operation begins after that.
  private let pending = Atomic(0)
  private let poller = Mutex<DedicatedThread?>(nil)

  /// Creates the queue and starts its polling thread.
  public init(watcher: DescriptorWatcher = DescriptorWatcher()) {
    handle = Handle(cgrpc_queue_create())
    self.watcher = watcher
    let thread = DedicatedThread(name: "rpc-queue") { [self] in poll() }
    poller.withLock { $0 = thread }
  }

  deinit {
    // The polling thread keeps the queue, so it was shut down.
    cgrpc_queue_destroy(handle.pointer)
  }

  /// Ends both threads; does nothing the second time.
  ///
  /// Waits for every operation to be over: stop the servers and end or drop the streams before. Calls made later end
  /// with `unavailable`. With `patience`, threads are left behind when operations are not over by then: the core can lose
  /// one for good, for instance when the system had no memory for what it was to send.
  public func shutdown(patience: Duration? = nil) {
    if let patience, !isIdle(within: patience) { return }
    guard let thread = poller.withLock({ $0.take() }) else { return }
    if pending.bitwiseOr(1, ordering: .acquiringAndReleasing).oldValue == 0 { cgrpc_queue_shutdown(handle.pointer) }
    thread.join()
    watcher.shutdown()
  }

  private func isIdle(within patience: Duration) -> Bool {
    let end = ContinuousClock.now + patience
    while pending.load(ordering: .acquiring) > 1 {
      guard ContinuousClock.now < end else { return false }
      usleep(1000)
    }
    return true
  }

  /// Starts an operation of the core; `completion` runs on the polling thread, or at once with false if the operation
  /// could not be started. Never call it with a lock held that `completion` takes.
  func start(
    _ operation: (UnsafeMutableRawPointer) -> Bool, completion: @escaping @Sendable (_ succeeded: Bool) -> Void
  ) {
    guard operationBegins() else { return completion(false) }
    let tag = Unmanaged.passRetained(CompletionTag(completion))
    tag.takeUnretainedValue().handOver()
    if !operation(tag.toOpaque()) {
      tag.release()
      completion(false)
      operationEnded()
    }
  }

  /// Runs an operation that writes into memory of `owner`, which is kept until the operation is over.
  func run(keeping owner: some AnyObject & Sendable, _ operation: (UnsafeMutableRawPointer) -> Bool) async -> Bool {
    await withCheckedContinuation { continuation in
      start(operation) { succeeded in
        withExtendedLifetime(owner) { continuation.resume(returning: succeeded) }
      }
    }
  }

  private func poll() {
    var pointer: UnsafeMutableRawPointer?
    var succeeded = false
    while cgrpc_queue_next(handle.pointer, &pointer, &succeeded) {
      if let pointer { Unmanaged<CompletionTag>.fromOpaque(pointer).takeRetainedValue().complete(succeeded) }
      operationEnded()
    }
  }

  private func operationBegins() -> Bool {
    var seen = pending.load(ordering: .relaxed)
    while seen & 1 == 0 {
      let (isDone, now) = pending.weakCompareExchange(
        expected: seen, desired: seen + 2, successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
      if isDone { return true }
      seen = now
    }
    return false
  }

  /// The core allows no operation to start on a queue that is shut down, so that waits for the last one.
  private func operationEnded() {
    if pending.subtract(2, ordering: .acquiringAndReleasing).newValue == 1 { cgrpc_queue_shutdown(handle.pointer) }
  }
}

/// What the core carries around for one operation; retained by it from start to completion.
private final class CompletionTag: Sendable {
  private let completion: @Sendable (Bool) -> Void
  /// The core orders start before completion, but ThreadSanitizer does not see how; this pair shows it.
  private let handedOver = Atomic<Bool>(false)

  init(_ completion: @escaping @Sendable (Bool) -> Void) {
    self.completion = completion
  }

  func handOver() {
    handedOver.store(true, ordering: .releasing)
  }

  func complete(_ succeeded: Bool) {
    _ = handedOver.load(ordering: .acquiring)
    completion(succeeded)
  }
}
