import CLinux
import Glibc

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
      let start = Start(name: name) {
        do throws(UnifiedBusError) {
          continuation.resume(returning: Result<Value, UnifiedBusError>.success(try body()))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
      let error = start.detach()
      if error != 0 {
        continuation.resume(
          returning: .failure(.engineUnreachable(socket: name, reason: "no thread: \(systemError(error))")))
      }
    }
    return try result.get()
  }
}

private final class Start: Sendable {
  private let name: String
  private let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }

  /// 0, or the error number when there is no thread; the body does not run then.
  func detach() -> Int32 {
    let retained = Unmanaged.passRetained(self)
    var thread = pthread_t()
    let error = pthread_create(&thread, nil, { Start.run($0) }, retained.toOpaque())
    if error == 0 {
      pthread_detach(thread)
    } else {
      retained.release()
    }
    return error
  }

  private static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
    clinux_enter_service_thread(start.name)
    start.body()
    return nil
  }
}
