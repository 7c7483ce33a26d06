import Glibc

/// A system call on a file that failed, or that was not made because of what the file is.
public struct FileError: Error, Equatable, CustomStringConvertible {
  public let operation: String
  public let path: String
  /// The error number; 0 when `reason` is not the system's.
  public let number: Int32
  private let reason: String

  public init(_ operation: String, _ path: String, _ number: Int32) {
    self.operation = operation
    self.path = path
    self.number = number
    reason = "\(Errno(number))"
  }

  public init(_ operation: String, _ path: String, reason: String) {
    self.operation = operation
    self.path = path
    number = 0
    self.reason = reason
  }

  public var description: String { "\(operation) \(path): \(reason)" }
}
