import Glibc

/// Owns a file descriptor and closes it when the last reference is gone, so that no user can hit a reused number.
public final class Descriptor: Sendable {
  /// The descriptor's number, e.g. for calls of Glibc; valid while this object lives.
  public let number: Int32

  /// Takes ownership of the result of a system call; nil when it is negative, which means that the call failed.
  public init?(_ number: Int32) {
    guard number >= 0 else { return nil }
    self.number = number
  }

  deinit {
    close(number)
  }
}
