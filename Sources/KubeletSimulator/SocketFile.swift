import Glibc
import Linux

/// Distinguishes a socket file from another at the same path.
struct SocketStamp: Sendable, Hashable {
  private let device: dev_t
  private let inode: ino_t
  /// File systems give an inode's number to the next file at once; the time of the last change is another then.
  private let changed: Int

  /// nil when there is no socket at `path`.
  init?(_ path: String) {
    var facts = stat()
    guard lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFSOCK else { return nil }
    device = facts.st_dev
    inode = facts.st_ino
    changed = facts.st_ctim.tv_sec &* 1_000_000_000 &+ facts.st_ctim.tv_nsec
  }
}

/// Makes and cleans socket directories as kubelet does.
enum SocketDirectory {
  /// Leaves a directory that is there as it is.
  static func make(_ path: String) throws(SimulatorError) {
    if mkdir(path, 0o750) == 0 || errno == EEXIST { return }
    throw .system(operation: "mkdir", path: path, errno: errno)
  }

  /// Subdirectories and other files stay.
  static func deleteSockets(in path: String) throws(SimulatorError) {
    for name in try entries(of: path) where SocketStamp("\(path)/\(name)") != nil { unlink("\(path)/\(name)") }
  }

  static func entries(of path: String) throws(SimulatorError) -> [String] {
    do throws(Errno) { return try DirectoryNames.read(path) } catch {
      throw .system(operation: "open", path: path, errno: error.number)
    }
  }

  static func isDirectory(_ path: String) -> Bool {
    var facts = stat()
    return lstat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
  }
}
