import Foundation
import Glibc

/// A network namespace of the test's own, in which the body runs on a thread that ends with it.
///
/// Sockets that the body opens stay in the namespace, on whatever thread they are used.
enum OwnNamespace {
  /// Why live tests are skipped, or nil: they can run.
  static let obstacle: Comment? = {
    guard FileManager.default.isExecutableFile(atPath: ip) else { return "\(ip) (package iproute2) is not there" }
    let error = onThread { unshare() }
    return error == 0
      ? nil : "no network namespace can be made (errno \(error)); run the tests as root or under: unshare -Urn"
  }()
  typealias Comment = String

  static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        let error = unshare()
        guard error == 0 else { return continuation.resume(throwing: Failure(text: "unshare: errno \(error)")) }
        continuation.resume(with: Swift.Result { try body() })
      }
    }
  }

  /// Holds one more namespace while the body runs; the body is given the id of a thread in it.
  static func withAnother<Result>(_ body: (pid_t) throws -> Result) throws -> Result {
    let (isThere, isDone) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    nonisolated(unsafe) var thread: pid_t = 0
    nonisolated(unsafe) var error: Int32 = 0
    Thread.detachNewThread {
      error = unshare()
      thread = threadID()
      isThere.signal()
      isDone.wait()
    }
    isThere.wait()
    defer { isDone.signal() }
    guard error == 0 else { throw Failure(text: "unshare: errno \(error)") }
    return try body(thread)
  }

  /// Runs `ip` in the calling thread's namespace; what it complains of goes to the test's own output.
  static func ip(_ arguments: String) throws {
    var words = ([ip] + arguments.split(separator: " ").map(String.init)).map { strdup($0) }
    defer { words.forEach { free($0) } }
    words.append(nil)
    var child: pid_t = 0
    var status: Int32 = 0
    let error = posix_spawn(&child, ip, nil, nil, words, environ)
    guard error == 0 else { throw Failure(text: "\(ip): errno \(error)") }
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    guard status == 0 else { throw Failure(text: "ip \(arguments): status \(status)") }
  }

  struct Failure: Error { let text: String }

  private static let ip = "/usr/sbin/ip"

  // Swift's Glibc does not see what is _GNU_SOURCE.
  private static func unshare() -> Int32 {
    guard let symbol = dlsym(nil, "unshare") else { return ENOSYS }
    let unshare = unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Int32).self)
    return unshare(0x4000_0000) == 0 ? 0 : errno
  }

  private static func threadID() -> pid_t {
    guard let symbol = dlsym(nil, "gettid") else { return -1 }
    return unsafeBitCast(symbol, to: (@convention(c) () -> pid_t).self)()
  }

  private static func onThread(_ body: @escaping @Sendable () -> Int32) -> Int32 {
    let done = DispatchSemaphore(value: 0)
    nonisolated(unsafe) var result: Int32 = 0
    Thread.detachNewThread {
      result = body()
      done.signal()
    }
    done.wait()
    return result
  }
}
