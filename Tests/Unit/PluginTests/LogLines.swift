import Logging
import Synchronization

/// What a daemon of a test logs: message and metadata, each as one text.
final class LogLines: Sendable {
  struct Line: Sendable, Equatable {
    let level: Logger.Level
    let message: String
    let metadata: [String: String]
  }

  private let lines = Mutex<[Line]>([])

  var all: [Line] { lines.withLock { $0 } }

  func all(_ message: String) -> [Line] { all.filter { $0.message == message } }

  /// Lines that have all of the words, in level, message or metadata.
  func count(_ words: String...) -> Int {
    all.count { line in
      let text = "\(line.level) \(line.message) " + line.metadata.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
      return words.allSatisfy { text.contains($0) }
    }
  }

  var logger: Logger {
    var logger = Logger(label: "test") { _ in Handler(lines: self) }
    logger.logLevel = .debug
    return logger
  }

  private struct Handler: LogHandler {
    let lines: LogLines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug

    init(lines: LogLines) { self.lines = lines }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let all = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
      let line = Line(level: event.level, message: "\(event.message)", metadata: all)
      lines.lines.withLock { $0.append(line) }
    }
  }
}
