import Glibc
public import SystemPackage

/// An error number of a system call; its description is the C library's text for it.
public typealias Errno = SystemPackage.Errno

extension SystemPackage.Errno {
  /// The number of errno(3), e.g. `ENOENT`.
  public var number: Int32 { rawValue }

  /// Wraps an error number that a call returned or left in `errno`.
  public init(_ number: Int32) { self.init(rawValue: number) }

  /// The error number of the calling thread's last failed call.
  public static var current: Errno { Errno(errno) }

  /// Wraps what a call of `FileDescriptor` threw: always an `Errno`, which the declarations of these calls do not say.
  init(thrown error: any Error) { self = error as? Errno ?? .ioError }
}
