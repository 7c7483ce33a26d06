import Glibc

/// A system call on a file that failed, or that was refused because of the kind of file at the path.
public struct FileError: Error, Equatable, CustomStringConvertible {
  /// The system call, e.g. `rename`.
  public let operation: String
  /// The path that the call was about.
  public let path: String
  /// The error number; 0 when the call was refused here and the system did not report an error.
  public let number: Int32
  private let reason: String

  /// Describes a failed system call by its error number.
  public init(_ operation: String, _ path: String, _ number: Int32) {
    self.operation = operation
    self.path = path
    self.number = number
    reason = "\(Errno(number))"
  }

  /// Describes a call that was not made, with the reason and what to do.
  public init(_ operation: String, _ path: String, reason: String) {
    self.operation = operation
    self.path = path
    number = 0
    self.reason = reason
  }

  public var description: String { "\(operation) \(path): \(reason)" }
}
