import Glibc

/// A file that is not a regular one, for tests of what must not be replaced.
public enum SpecialFile: String, Sendable, CaseIterable {
  case pipe, socket, directory, nullDevice, link, danglingLink

  /// A device node needs root.
  public static var possible: [SpecialFile] { allCases.filter { $0 != .nullDevice || geteuid() == 0 } }

  public struct Identity: Equatable {
    let inode: ino_t
    let mode: mode_t
    let device: dev_t
  }

  public struct Failure: Error {
    let path: String
    let number: Int32
  }

  /// What messages call it.
  public var word: String {
    switch self {
    case .pipe: "a FIFO"
    case .socket: "a socket"
    case .directory: "a directory"
    case .nullDevice: "a character device"
    case .link, .danglingLink: "a symbolic link"
    }
  }

  /// Makes it; a link leads to `<path>.target`, which is made only for `link`.
  public func make(at path: String) throws -> Identity {
    let status =
      switch self {
      case .pipe: mknod(path, S_IFIFO | 0o600, 0)
      case .socket: mknod(path, S_IFSOCK | 0o600, 0)
      case .directory: mkdir(path, 0o700)
      case .nullDevice: mknod(path, S_IFCHR | 0o666, 1 << 8 | 3)
      case .link: symlink("/proc/self/comm", path)
      case .danglingLink: symlink("\(path).target", path)
      }
    guard status == 0 else { throw Failure(path: path, number: errno) }
    return try Self.identity(of: path)
  }

  public static func identity(of path: String) throws -> Identity {
    var facts = stat()
    guard lstat(path, &facts) == 0 else { throw Failure(path: path, number: errno) }
    return Identity(inode: facts.st_ino, mode: facts.st_mode, device: facts.st_rdev)
  }
}
