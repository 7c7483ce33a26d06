/// Why the API server gave no answer. An answer with an error status is not a failure.
public enum APIFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// A file of the service account can't be read.
  case unreadable(file: String, reason: String)
  /// The connection failed: it can't be made, it broke, the CA file can't be used, the certificate was refused, or no byte
  /// came in time.
  case connection(String)
  /// The answer has more than `limit` bytes.
  case tooLong(limit: Int)

  public var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): \(reason)"
    case .connection(let reason): "the API server can't be reached: \(reason)"
    case .tooLong(let limit): "the API server's answer has more than \(limit) bytes"
    }
  }
}
