import Glibc

/// Device, inode, size and modification time of a file. Two stamps differ when the file was replaced or changed in
/// between.
public struct FileStamp: Sendable, Equatable {
  private let device: dev_t
  private let inode: ino_t
  private let size: off_t
  private let seconds: Int
  private let nanoseconds: Int

  /// Reads the stamp of the file that a path leads to; nil when there is none.
  public init?(_ path: String) {
    var file = stat()
    guard stat(path, &file) == 0 else { return nil }
    device = file.st_dev
    inode = file.st_ino
    size = file.st_size
    seconds = file.st_mtim.tv_sec
    nanoseconds = file.st_mtim.tv_nsec
  }
}
