import Glibc
public import Logging

/// Writes log lines to standard error: in klog's format, or as one JSON object for each line with stable keys.
public struct Log: LogHandler {
  /// Pairs that are added to each line of this logger.
  public var metadata: Logger.Metadata = [:]
  /// The lowest level that is written.
  public var logLevel: Logger.Level
  private let format: Format

  /// The formats of a log line.
  public enum Format: String, Sendable, CaseIterable {
    /// klog's format.
    case text
    /// One JSON object.
    case json
  }

  /// Creates a handler. `verbosity` is klog's: 0 to 3 are informative, 4 and more add debugging lines; with -1 only
  /// warnings and errors are written, below that only errors.
  public init(format: Format, verbosity: Int) {
    self.format = format
    logLevel =
      switch verbosity {
      case 4...: .debug
      case 0...: .info
      case -1: .warning
      default: .error
      }
  }

  /// One pair of `metadata`.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes one line. It does not block when nobody reads standard error; lines are then lost, and a warning reports
  /// how many.
  public func log(event: LogEvent) {
    let own = event.metadata ?? [:]
    var pairs = Array(own)
    for pair in metadata where own[pair.key] == nil { pairs.append(pair) }
    pairs.sort { $0.key < $1.key }
    let moment = Moment.now
    let line =
      switch format {
      case .text: Self.text(event, pairs, moment)
      case .json: Self.json(event, pairs, moment)
      }
    let lost = line.write(to: .standardError)
    guard lost > 0 else { return }
    log(
      event: LogEvent(
        level: .warning, message: "log lines were lost, since nobody read standard error",
        metadata: ["lines": "\(lost)"], source: nil, file: #fileID, function: #function, line: #line))
  }

  /// `I1121 02:15:01.123456 4711 PoolEndpoint.swift:120] "listening" resource="intel.com/x"`.
  private static func text(_ event: LogEvent, _ pairs: [Pair], _ moment: Moment) -> LogLine {
    var line = LogLine()
    line.put(letter(event.level))
    moment.putKlog(in: &line)
    line.put(" ")
    line.put(Int(getpid()))
    line.put(" ")
    putPlace(of: event, in: &line)
    line.put("] ")
    line.put(quoted: event.message.description)
    for (key, value) in pairs {
      line.put(" ")
      line.put(key)
      line.put("=")
      line.put(quoted: value.description)
    }
    line.put("\n")
    return line
  }

  private static func json(_ event: LogEvent, _ pairs: [Pair], _ moment: Moment) -> LogLine {
    var line = LogLine()
    line.put("{\"ts\":\"")
    moment.putISO(in: &line)
    line.put("\",\"level\":\"")
    line.put(name(event.level))
    line.put("\",\"caller\":\"")
    putPlace(of: event, in: &line)
    line.put("\",\"msg\":")
    line.put(quoted: event.message.description)
    for (key, value) in pairs {
      line.put(",")
      line.put(quoted: key)
      line.put(":")
      line.put(quoted: value.description)
    }
    line.put("}\n")
    return line
  }

  private typealias Pair = (key: String, value: Logger.MetadataValue)

  /// `PoolEndpoint.swift:120`.
  private static func putPlace(of event: LogEvent, in line: inout LogLine) {
    line.put(lastComponentOf: event.file)
    line.put(":")
    line.put(Int(event.line))
  }

  private static func letter(_ level: Logger.Level) -> String {
    switch level {
    case .trace, .debug, .info, .notice: "I"
    case .warning: "W"
    case .error: "E"
    case .critical: "F"
    }
  }

  private static func name(_ level: Logger.Level) -> String {
    switch level {
    case .trace, .debug: "debug"
    case .info, .notice: "info"
    case .warning: "warn"
    case .error: "error"
    case .critical: "fatal"
    }
  }
}

/// A point in local time, to the microsecond.
private struct Moment {
  private let parts: tm
  private let microseconds: Int

  static var now: Moment {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    var parts = tm()
    localtime_r(&time.tv_sec, &parts)
    return Moment(parts: parts, microseconds: time.tv_nsec / 1000)
  }

  /// `1121 02:15:01.123456`.
  func putKlog(in line: inout LogLine) {
    line.put(Int(parts.tm_mon) + 1, digits: 2)
    line.put(Int(parts.tm_mday), digits: 2)
    line.put(" ")
    putClock(in: &line)
  }

  /// RFC 3339 with the zone's offset.
  func putISO(in line: inout LogLine) {
    line.put(Int(parts.tm_year) + 1900)
    line.put("-")
    line.put(Int(parts.tm_mon) + 1, digits: 2)
    line.put("-")
    line.put(Int(parts.tm_mday), digits: 2)
    line.put("T")
    putClock(in: &line)
    let offset = parts.tm_gmtoff / 60
    guard offset != 0 else { return line.put("Z") }
    line.put(offset < 0 ? "-" : "+")
    line.put(abs(offset) / 60, digits: 2)
    line.put(":")
    line.put(abs(offset) % 60, digits: 2)
  }

  private func putClock(in line: inout LogLine) {
    line.put(Int(parts.tm_hour), digits: 2)
    line.put(":")
    line.put(Int(parts.tm_min), digits: 2)
    line.put(":")
    line.put(Int(parts.tm_sec), digits: 2)
    line.put(".")
    line.put(microseconds, digits: 6)
  }
}
