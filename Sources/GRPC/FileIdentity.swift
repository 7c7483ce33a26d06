import Glibc

/// Which file a path leads to, however often names are moved around.
struct FileIdentity: Sendable, Equatable {
  private let device: dev_t
  private let inode: ino_t

  /// nil when there is no such file (errno says why). A symbolic link is not followed.
  init?(path: String) {
    var file = stat()
    guard lstat(path, &file) == 0 else { return nil }
    device = file.st_dev
    inode = file.st_ino
  }
}
