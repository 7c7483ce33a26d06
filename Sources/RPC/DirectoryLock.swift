import Glibc

/// Keeps other instances of this program out of a directory between looking at a socket file and replacing it.
struct DirectoryLock {
  private let descriptor: Descriptor

  /// Waits up to two seconds; throws when the directory can't be opened or another instance keeps it. Empty means the
  /// working directory.
  init(_ directory: String) throws(ListenError) {
    let directory = directory.isEmpty ? "." : directory
    guard let descriptor = Descriptor(open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) else {
      throw .system(operation: "open", path: directory, errno: errno)
    }
    self.descriptor = descriptor
    for _ in 0..<200 {
      if flock(descriptor.number, LOCK_EX | LOCK_NB) == 0 { return }
      guard errno == EWOULDBLOCK || errno == EINTR else { return }  // a file system without locks: do without
      usleep(10_000)
    }
    throw .system(operation: "lock", path: directory, errno: EWOULDBLOCK)
  }

  func unlock() {
    flock(descriptor.number, LOCK_UN)
  }
}
