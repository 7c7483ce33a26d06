/// A gRPC status: the code with which a call ended and the text beside it.
public struct RPCStatus: Error, Sendable, Equatable {
  /// The status codes of the gRPC specification (`doc/statuscodes.md`), with their numbers on the wire.
  public enum Code: Int32, Sendable {
    /// The call succeeded.
    case ok = 0
    /// The caller, usually, cancelled the call.
    case cancelled = 1
    /// An error of unknown kind, and every code that the specification does not define.
    case unknown = 2
    /// The request is wrong whatever the state of the server.
    case invalidArgument = 3
    /// The deadline passed before the call ended.
    case deadlineExceeded = 4
    /// Something that the request names does not exist.
    case notFound = 5
    /// Something that the request would create exists.
    case alreadyExists = 6
    /// The caller may not make this call.
    case permissionDenied = 7
    /// A limit is reached, e.g. the size of a message.
    case resourceExhausted = 8
    /// The system is not in the state that the call requires.
    case failedPrecondition = 9
    /// A conflict with another call; the caller may retry at a higher level.
    case aborted = 10
    /// The request goes past the valid range.
    case outOfRange = 11
    /// The server does not have the method.
    case unimplemented = 12
    /// An invariant of the server or the transport is broken.
    case `internal` = 13
    /// No connection, e.g. because no process listens on the socket; a retry may succeed.
    case unavailable = 14
    /// Data is lost or corrupt and can't be recovered.
    case dataLoss = 15
    /// The caller has no valid credentials.
    case unauthenticated = 16
  }

  /// The code; `ok` only where a call ended well.
  public var code: Code
  /// The text for people; may be empty.
  public var message: String

  /// Creates the status that a method's body throws to its client.
  public init(code: Code, message: String) {
    self.code = code
    self.message = message
  }
}

extension RPCStatus: CustomStringConvertible {
  public var description: String { message.isEmpty ? "\(code)" : "\(code): \(message)" }
}
