import Glibc

/// Owns a file descriptor and closes it when the last user is gone, so that its number can't be reused under one.
public final class Descriptor: Sendable {
  public let number: Int32

  /// nil when `number` is negative, the way calls report an error.
  public init?(_ number: Int32) {
    guard number >= 0 else { return nil }
    self.number = number
  }

  deinit {
    close(number)
  }
}
