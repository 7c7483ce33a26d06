import Glibc

/// Device and inode of a file; they stay the same when the file is renamed.
public struct FileIdentity: Sendable, Equatable {
  private let device: dev_t
  private let inode: ino_t

  /// Identifies the file at a path, without following a symbolic link; nil, with `errno` set, when there is none.
  public init?(path: String) { self.init(path, AT_SYMLINK_NOFOLLOW) }

  /// Identifies the file that a path leads to, through symbolic links; nil, with `errno` set, when there is none.
  public init?(following path: String) { self.init(path, 0) }

  /// The same for an open file.
  init?(of descriptor: Descriptor) {
    var file = stat()
    guard fstat(descriptor.number, &file) == 0 else { return nil }
    self.init(file)
  }

  private init?(_ path: String, _ flags: Int32) {
    var file = stat()
    guard fstatat(AT_FDCWD, path, &file, flags) == 0 else { return nil }
    self.init(file)
  }

  private init(_ file: stat) {
    device = file.st_dev
    inode = file.st_ino
  }
}
