public import Glibc

/// What a name in a directory leads to. Corresponds to `st_mode` of stat(2).
public enum FileKind: String, Sendable, CustomStringConvertible {
  case regular = "a regular file"
  case directory = "a directory"
  case link = "a symbolic link"
  case pipe = "a FIFO"
  case socket = "a socket"
  case characterDevice = "a character device"
  case blockDevice = "a block device"
  case unknown = "something unknown"

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

  /// Nil when there is nothing. A link is not followed.
  public init?(path: String, below base: Int32 = AT_FDCWD) {
    var facts = stat()
    guard fstatat(base, path, &facts, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
    self.init(facts.st_mode)
  }

  public var description: String { rawValue }
}
