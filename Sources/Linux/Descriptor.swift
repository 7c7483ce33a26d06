import Glibc
public import SystemPackage

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

  /// For the calls of swift-system.
  var file: FileDescriptor { FileDescriptor(rawValue: number) }

  /// Writes all of the bytes, and goes on when a signal interrupts it. It blocks unless the descriptor is non-blocking.
  public func write(_ bytes: some Sequence<UInt8>) throws(Errno) {
    do { try file.writeAll(bytes) } catch { throw Errno(thrown: error) }
  }
}
