import CLinux
import Glibc

/// A thread of our own for a loop that waits in the kernel, where Swift's thread pool must not be held up.
public struct ServiceThread: Sendable {
  private let thread: pthread_t

  /// Starts the thread; `name` is what `ps -L` shows, at most 15 bytes. Signals are blocked on it.
  public init(name: String, _ body: @escaping @Sendable () -> Void) {
    let (thread, error) = Self.create(name, body)
    // The process has no threads left: nothing that this module is for can be done.
    precondition(error == 0, "cannot start the thread \(name): error \(error)")
    self.thread = thread
  }

  /// For one piece of work that blocks: 0, or the error number when there is no thread to be had; the body does not run
  /// then. Nobody waits for its end.
  public static func run(name: String, _ body: @escaping @Sendable () -> Void) -> Int32 {
    let (thread, error) = create(name, body)
    if error == 0 { pthread_detach(thread) }
    return error
  }

  private static func create(_ name: String, _ body: @escaping @Sendable () -> Void) -> (pthread_t, Int32) {
    let start = Unmanaged.passRetained(Start(name: name, body: body))
    var thread = pthread_t()
    let error = pthread_create(&thread, nil, { Start.run($0) }, start.toOpaque())
    if error != 0 { start.release() }
    return (thread, error)
  }

  public func join() {
    pthread_join(thread, nil)
  }

  /// Nobody waits for its end.
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
