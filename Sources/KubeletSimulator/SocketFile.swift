import Glibc

/// What tells a socket file from another at the same path.
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

/// What kubelet does with directories of sockets.
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

  /// Without `.` and `..`.
  static func entries(of path: String) throws(SimulatorError) -> [String] {
    guard let directory = opendir(path) else { throw .system(operation: "opendir", path: path, errno: errno) }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  static func isDirectory(_ path: String) -> Bool {
    var facts = stat()
    return lstat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
  }
}
