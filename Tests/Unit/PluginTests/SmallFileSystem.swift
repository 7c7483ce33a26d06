import Glibc

/// A file system in memory with room for a few files, at a directory; needs root.
struct SmallFileSystem {
  struct Failure: Error { let errno: Int32 }

  static let isPossible = geteuid() == 0
  private let path: String

  /// `files` counts the directory itself.
  init(at path: String, files: Int) throws {
    self.path = path
    guard mount("tmpfs", path, "tmpfs", 0, "nr_inodes=\(files),size=64k") == 0 else { throw Failure(errno: errno) }
  }

  func grow(files: Int) { _ = mount("tmpfs", path, "tmpfs", UInt(MS_REMOUNT), "nr_inodes=\(files),size=64k") }

  func unmount() { umount2(path, Int32(MNT_DETACH)) }
}
