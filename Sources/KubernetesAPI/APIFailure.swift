/// Why the API server gave no answer. An answer with an error status is an answer.
public enum APIFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// A file of the service account, and why it can't be read.
  case unreadable(file: String, reason: String)
  /// No connection, a broken one, a CA file that can't be used, a refused certificate, or silence.
  case connection(String)
  case tooLong(limit: Int)

  public var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): \(reason)"
    case .connection(let reason): "the API server can't be reached: \(reason)"
    case .tooLong(let limit): "the API server's answer has more than \(limit) bytes"
    }
  }
}
