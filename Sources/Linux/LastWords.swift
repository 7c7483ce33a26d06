import Glibc
import Synchronization
import SystemPackage

/// Ends the process when the node lacks something that the program needs.
enum LastWords {
  private static let report = Mutex<(@Sendable (String) -> Void)?>(nil)

  /// The process's exit code when the node is the cause.
  private static let exitCode: Int32 = 3

  static func send(to report: @escaping @Sendable (String) -> Void) { Self.report.withLock { $0 = report } }

  static func end(_ reason: String) -> Never {
    if let report = report.withLock({ $0 }) {
      report(reason)
    } else {
      _ = try? FileDescriptor.standardError.writeAll("\(reason)\n".utf8)
    }
    ScratchDirectory.removeAll()
    _exit(exitCode)
  }
}
