import CLinux
import Glibc

/// A thread of our own for a loop that waits in the kernel, where Swift's thread pool must not be held up.
public struct ServiceThread: Sendable {
  private let thread: pthread_t

  /// Starts the thread; `name` is what `ps -L` shows, at most 15 bytes. Signals are blocked on it. A process that can
  /// create no further thread ends here with an error.
  public init(name: String, _ body: @escaping @Sendable () -> Void) {
    switch Self.begin(name, body) {
    case .success(let thread): self = thread
    case .failure(let error):
      // Nothing that this module is for can be done.
      var words = "cannot create the thread \(name): \(String(cString: strerror(error.number)))\n"
      _ = words.withUTF8 { write(STDERR_FILENO, $0.baseAddress, $0.count) }
      _exit(Self.nodeAtFault)
    }
  }

  /// The process's exit code where it may have no thread more.
  private static let nodeAtFault: Int32 = 3

  private init(_ thread: pthread_t) { self.thread = thread }

  /// For one piece of work that blocks: 0, or the error number when there is no thread to be had; the body does not run
  /// then. Nobody waits for its end.
  public static func run(name: String, _ body: @escaping @Sendable () -> Void) -> Int32 {
    switch begin(name, body) {
    case .success(let thread):
      thread.detach()
      return 0
    case .failure(let error): return error.number
    }
  }

  struct Failure: Error {
    let number: Int32
  }

  static func begin(
    _ name: String, _ body: @escaping @Sendable () -> Void
  ) -> Result<ServiceThread, Failure> {
    let start = Unmanaged.passRetained(Start(name: name, body: body))
    var thread = pthread_t()
    let error = pthread_create(&thread, nil, { Start.run($0) }, start.toOpaque())
    guard error == 0 else {
      start.release()
      return .failure(Failure(number: error))
    }
    return .success(ServiceThread(thread))
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
