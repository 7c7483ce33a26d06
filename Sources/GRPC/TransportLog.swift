import CGRPC
import Synchronization

/// Where the transport's own remarks go: what the gRPC core would print on stderr, and connections that were refused.
public enum TransportLog {
  /// How serious a remark is.
  public enum Severity: Sendable {
    case debug
    case info
    case error
  }

  /// One remark of the transport.
  public struct Line: Sendable {
    public let severity: Severity
    public let message: String
    /// The source place in the core, `file:line`; nil for a remark of this module.
    public let origin: String?
  }

  private static let sink = Mutex<(@Sendable (Line) -> Void)?>(nil)

  /// Sends every line of the whole process to `receive`, on whatever thread it arises. Before the first call they go
  /// to stderr in the core's format.
  public static func redirect(to receive: @escaping @Sendable (Line) -> Void) {
    sink.withLock { $0 = receive }
    cgrpc_log_redirect { severity, file, line, message in
      guard let file, let message else { return }
      let severities: [Severity] = [.debug, .info, .error]
      TransportLog.emit(
        Line(
          severity: severities.indices.contains(Int(severity)) ? severities[Int(severity)] : .error,
          message: String(cString: message), origin: "\(String(cString: file)):\(line)"))
    }
  }

  static func refused(_ reason: String, at path: String) {
    emit(Line(severity: .error, message: "refused a connection to \(path): \(reason)", origin: nil))
  }

  private static func emit(_ line: Line) {
    let receive = sink.withLock { $0 }
    receive?(line)
  }
}
