import CLinux
import Glibc

/// A thread for a loop that waits in the kernel. Such a wait would block a thread of Swift's shared pool.
public struct DedicatedThread: Sendable {
  private let thread: pthread_t

  /// Starts the thread; `name` is what `ps -L` shows, at most 15 bytes. Signals are blocked on it. A process that can
  /// create no further thread ends here with an error.
  public init(name: String, _ body: @escaping @Sendable () -> Void) {
    switch Self.begin(name, body) {
    case .success(let thread): self = thread
    case .failure(let error): LastWords.end("cannot create the thread \(name): \(error)")
    }
  }

  /// Sends the reason for which the process ends without a thread to `report`, instead of to standard error.
  public static func reportFailure(to report: @escaping @Sendable (String) -> Void) {
    LastWords.send(to: report)
  }

  private init(_ thread: pthread_t) { self.thread = thread }

  /// Starts a thread for one piece of blocking work and does not wait for its end.
  ///
  /// - Returns: 0, or the error number when the thread can't be created; the body does not run then.
  public static func run(name: String, _ body: @escaping @Sendable () -> Void) -> Int32 {
    switch begin(name, body) {
    case .success(let thread):
      thread.detach()
      return 0
    case .failure(let error): return error.number
    }
  }

  static func begin(_ name: String, _ body: @escaping @Sendable () -> Void) -> Result<DedicatedThread, Errno> {
    let start = Unmanaged.passRetained(Start(name: name, body: body))
    var thread = pthread_t()
    let error = pthread_create(&thread, nil, { Start.run($0) }, start.toOpaque())
    guard error == 0 else {
      start.release()
      return .failure(Errno(error))
    }
    return .success(DedicatedThread(thread))
  }

  /// Waits until the thread has ended.
  public func join() {
    pthread_join(thread, nil)
  }

  /// Lets the thread release its resources when it ends; nobody joins it.
  public func detach() {
    pthread_detach(thread)
  }
}

private final class Start: Sendable {
  private let name: String
  private let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }

  static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
    clinux_enter_service_thread(start.name)
    start.body()
    return nil
  }
}
