import Glibc

/// An error number of a system call; its description is the C library's text for it.
public struct Errno: Error, Sendable, Hashable, CustomStringConvertible {
  /// The number of errno(3), e.g. `ENOENT`.
  public let number: Int32

  /// Wraps an error number that a call returned or left in `errno`.
  public init(_ number: Int32) { self.number = number }

  /// The error number of the calling thread's last failed call.
  public static var current: Errno { Errno(errno) }

  public var description: String {
    var text = [CChar](repeating: 0, count: 128)
    // The XSI form, which fills the buffer: Glibc is imported without _GNU_SOURCE.
    guard strerror_r(number, &text, text.count) == 0 else { return "error \(number)" }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
