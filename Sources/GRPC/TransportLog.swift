import CGRPC
import Synchronization

/// Receives the log lines of the gRPC core and of this module, e.g. of refused connections.
public enum TransportLog {
  /// The severity of a line, as the core reports it.
  public enum Severity: Sendable {
    /// GPR_LOG_SEVERITY_DEBUG.
    case debug
    /// GPR_LOG_SEVERITY_INFO.
    case info
    /// GPR_LOG_SEVERITY_ERROR, and everything that this module reports.
    case error
  }

  /// One line of the log.
  public struct Line: Sendable {
    /// How serious it is.
    public let severity: Severity
    /// The text, without severity and place.
    public let message: String
    /// The place in the core's source, `file:line`; nil for a line of this module.
    public let origin: String?
  }

  private static let sink = Mutex<(@Sendable (Line) -> Void)?>(nil)

  /// Sends every line of the process to `receive`, on the thread that logs it. Before this call the core prints its
  /// lines on stderr.
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
