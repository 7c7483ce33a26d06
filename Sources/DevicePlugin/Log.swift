import Glibc
public import Logging
import RPC

/// Log lines on standard error: klog's form, or one JSON object a line with stable keys.
public struct Log: LogHandler {
  public var metadata: Logger.Metadata = [:]
  public var logLevel: Logger.Level
  private let format: Options.LogFormat

  public init(format: Options.LogFormat, verbosity: Int) {
    self.format = format
    logLevel = verbosity >= 4 ? .debug : verbosity < 0 ? .warning : .info
  }

  public static func logger(_ options: Options) -> Logger {
    Logger(label: "devicepool") { _ in Log(format: options.logFormat, verbosity: options.verbosity) }
  }

  /// gRPC's core would write to standard error by itself.
  public static func takeTransportLines(into log: Logger) {
    TransportLog.redirect { line in
      log.log(level: line.severity.level, "\(line.message)", metadata: line.origin.map { ["origin": "\($0)"] })
    }
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    let pairs = metadata.merging(event.metadata ?? [:]) { _, new in new }.sorted { $0.key < $1.key }
      .map { ($0.key, "\($0.value)") }
    let slash = event.file.utf8.lastIndex(of: UInt8(ascii: "/"))
    let place = slash.map { event.file[event.file.utf8.index(after: $0)...] } ?? event.file[...]
    let moment = Moment.now
    let line =
      switch format {
      case .text: Self.text(event, pairs, "\(place):\(event.line)", moment)
      case .json: Self.json(event, pairs, "\(place):\(event.line)", moment)
      }
    Self.write(line)
  }

  /// `I1121 02:15:01.123456 4711 PoolServer.swift:120] "listening" resource="intel.com/x"`.
  private static func text(
    _ event: LogEvent, _ pairs: [(String, String)], _ place: String, _ moment: Moment
  ) -> String {
    let tail = pairs.map { " \($0)=\(quoted($1))" }.joined()
    return "\(letter(event.level))\(moment.klog) \(getpid()) \(place)] \(quoted("\(event.message)"))\(tail)\n"
  }

  private static func json(
    _ event: LogEvent, _ pairs: [(String, String)], _ place: String, _ moment: Moment
  ) -> String {
    let fields =
      [("ts", moment.iso), ("level", name(event.level)), ("caller", place), ("msg", "\(event.message)")] + pairs
    return "{" + fields.map { "\(quoted($0)):\(quoted($1))" }.joined(separator: ",") + "}\n"
  }

  private static func letter(_ level: Logger.Level) -> Character {
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

  /// As JSON wants it; a name from sysfs can't break a line in two.
  private static func quoted(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5c && $0 != 0x7f }) { return "\"\(text)\"" }
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        out += "\\u00" + (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16)
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }

  /// One write a line, so that lines of several threads never mix.
  private static func write(_ line: String) {
    var line = line
    line.withUTF8 { bytes in _ = Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
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

  var klog: String { "\(two(Int(parts.tm_mon) + 1))\(two(Int(parts.tm_mday))) \(clock)" }

  /// RFC 3339 with the zone's offset.
  var iso: String {
    let offset = parts.tm_gmtoff / 60
    let sign = offset < 0 ? "-" : "+"
    let zone = offset == 0 ? "Z" : "\(sign)\(two(abs(offset) / 60)):\(two(abs(offset) % 60))"
    return "\(Int(parts.tm_year) + 1900)-\(two(Int(parts.tm_mon) + 1))-\(two(Int(parts.tm_mday)))T\(clock)\(zone)"
  }

  private var clock: String {
    let fraction = String(microseconds)
    let padding = String(repeating: "0", count: 6 - fraction.count)
    return
      "\(two(Int(parts.tm_hour))):\(two(Int(parts.tm_min))):\(two(Int(parts.tm_sec))).\(padding)\(fraction)"
  }

  private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
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
