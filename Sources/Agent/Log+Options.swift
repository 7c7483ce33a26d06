import GRPC
public import Logging
public import Observability

extension Log {
  /// The logger with the options' format and verbosity.
  public static func logger(_ options: Options) -> Logger {
    Logger(label: "devicepool") { _ in Log(format: options.logFormat, verbosity: options.verbosity) }
  }

  /// Redirects lines of gRPC's core, which it would write to standard error.
  public static func takeTransportLines(into log: Logger) {
    TransportLog.redirect { line in
      log.log(level: line.severity.level, "\(line.message)", metadata: line.origin.map { ["origin": "\($0)"] })
    }
  }
}

extension TransportLog.Severity {
  fileprivate var level: Logger.Level {
    switch self {
    case .debug: .debug
    case .info: .info
    case .error: .error
    }
  }
}
