import Glibc

/// Which file a path leads to, however often names are moved around.
public struct FileIdentity: Sendable, Equatable {
  private let device: dev_t
  private let inode: ino_t

  /// Nil when there is no such file (errno says why). A symbolic link is not followed.
  public init?(path: String) { self.init(path, AT_SYMLINK_NOFOLLOW) }

  /// The same for the file that symbolic links lead to.
  public init?(following path: String) { self.init(path, 0) }

  private init?(_ path: String, _ flags: Int32) {
    var file = stat()
    guard fstatat(AT_FDCWD, path, &file, flags) == 0 else { return nil }
    device = file.st_dev
    inode = file.st_ino
  }
}
