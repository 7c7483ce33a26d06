public import Glibc
import SystemPackage

/// The kind of a file, by `st_mode` of stat(2); the raw value is its name in messages.
public enum FileKind: String, Sendable, CustomStringConvertible {
  /// S_IFREG.
  case regular = "a regular file"
  /// S_IFDIR.
  case directory = "a directory"
  /// S_IFLNK.
  case link = "a symbolic link"
  /// S_IFIFO.
  case pipe = "a FIFO"
  /// S_IFSOCK.
  case socket = "a socket"
  /// S_IFCHR.
  case characterDevice = "a character device"
  /// S_IFBLK.
  case blockDevice = "a block device"
  /// A format that stat(2) does not define.
  case unknown = "something unknown"

  /// Takes the kind out of `st_mode`.
  public init(_ mode: mode_t) {
    self =
      switch mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .directory
      case S_IFLNK: .link
      case S_IFIFO: .pipe
      case S_IFSOCK: .socket
      case S_IFCHR: .characterDevice
      case S_IFBLK: .blockDevice
      default: .unknown
      }
  }

  /// Reads the kind of the file at a path, without following a symbolic link; nil when there is no file.
  public init?(path: String, below base: Int32 = AT_FDCWD) {
    let base = FileDescriptor(rawValue: base)
    guard let facts = try? Stat(path, relativeTo: base, flags: .symlinkNoFollow) else { return nil }
    self.init(facts.rawValue.st_mode)
  }

  public var description: String { rawValue }
}
