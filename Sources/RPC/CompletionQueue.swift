import CGRPC
public import EventLoop
import Glibc
import Synchronization

/// Where the gRPC core reports what has been completed: one queue and one polling thread for the whole process, shared
/// by every server and channel, and beside it the one thread that accepts connections.
///
/// While there is more to complete than the polling thread can do, another one helps it.
public final class CompletionQueue: Sendable {
  let handle: Handle
  /// Ends with the queue.
  public let watcher: DescriptorWatcher
  /// For the tasks of served calls.
  let executor = ServingExecutor()
  /// Twice the operations that are under way, and one more once the queue is closing: none begins then.
  private let pending = Atomic(0)
  private let poller = Mutex<ServiceThread?>(nil)
  private let hasHelp = Atomic(false)
  /// Nanoseconds that prompt methods have taken.
  private let methodTime = Atomic<Int64>(0)
  /// How often help has come.
  let helps = Atomic(0)

  public init(watcher: DescriptorWatcher = DescriptorWatcher()) {
    handle = Handle(cgrpc_queue_create())
    self.watcher = watcher
    let thread = ServiceThread(name: "rpc-queue") { [self] in poll() }
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

  /// Starts an operation of the core; `completion` runs on a polling thread, or at once with false if the operation
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
    executor.begin(.polling)
    defer { executor.end(.polling) }
    var backlog = Backlog()
    var isFirstPause = true
    while true {
      switch next(within: isFirstPause ? Self.pause : nil) {
      case .completed(let tag, let succeeded):
        tag.complete(succeeded)
        executor.runJobs(.polling)
        operationEnded()
        if backlog.isThere(afterMethodsOf: .nanoseconds(methodTime.load(ordering: .relaxed))) { callHelp() }
      case .nothing:
        cgrpc_queue_pauses()
        isFirstPause = false
      case .over: return
      }
    }
  }

  /// Milliseconds without an operation that ends.
  private static let pause: Int64 = 200

  private enum Next {
    case completed(CompletionTag, succeeded: Bool)
    case nothing
    /// The queue is shut down.
    case over
  }

  /// Waits for so many milliseconds, nil: until the queue is shut down.
  private func next(within milliseconds: Int64? = nil) -> Next {
    var pointer: UnsafeMutableRawPointer?
    var succeeded = false
    let event = cgrpc_queue_next(handle.pointer, milliseconds ?? -1, &pointer, &succeeded)
    guard event == cgrpc_queue_completed, let pointer else { return event == cgrpc_queue_over ? .over : .nothing }
    return .completed(Unmanaged<CompletionTag>.fromOpaque(pointer).takeRetainedValue(), succeeded: succeeded)
  }

  /// Runs a prompt method, and counts the time that it takes.
  func run<Answer>(_ method: () throws(RPCStatus) -> Answer) throws(RPCStatus) -> Answer {
    let began = ContinuousClock.now
    defer {
      let time = (ContinuousClock.now - began).components
      methodTime.add(time.seconds * 1_000_000_000 + time.attoseconds / 1_000_000_000, ordering: .relaxed)
    }
    return try method()
  }

  /// How long help stays. It costs a single caller a third of a call, and what it takes to come is nothing beside this.
  private static let helpTime = Duration.milliseconds(100)

  func callHelp() {
    guard !hasHelp.exchange(true, ordering: .acquiringAndReleasing) else { return }
    let error = ServiceThread.run(name: "rpc-help") { [self] in
      help()
      hasHelp.store(false, ordering: .releasing)
    }
    // Without help it takes longer.
    if error != 0 { hasHelp.store(false, ordering: .releasing) }
  }

  private func help() {
    helps.add(1, ordering: .relaxed)
    executor.begin(.helping)
    defer { executor.end(.helping) }
    let end = ContinuousClock.now + Self.helpTime
    while ContinuousClock.now < end, case .completed(let tag, let succeeded) = next(within: 10) {
      tag.complete(succeeded)
      executor.runJobs(.helping)
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
