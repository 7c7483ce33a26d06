import EventLoop
import Glibc
import Synchronization

/// Keeps other instances of this program, and the other servers of this one, out of a directory between looking at
/// a socket file and replacing it.
enum DirectoryLock {
  /// The servers of one process wait for each other here and not in the file system, where waiting is polling.
  private static let own = Mutex(())

  /// Waits up to two seconds for another instance; throws when the directory can't be opened or it keeps the lock. Empty
  /// means the working directory.
  static func held<Result: Sendable>(
    _ directory: String, _ body: () throws(ListenError) -> Result
  ) throws(ListenError) -> Result {
    try own.withLock { _ throws(ListenError) in
      let directory = directory.isEmpty ? "." : directory
      guard let descriptor = Descriptor(open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) else {
        throw .system(operation: "open", path: directory, errno: errno)
      }
      guard lock(descriptor) else { throw .system(operation: "lock", path: directory, errno: EWOULDBLOCK) }
      defer { flock(descriptor.number, LOCK_UN) }
      return try body()
    }
  }

  private static func lock(_ descriptor: Descriptor) -> Bool {
    for _ in 0..<1000 {
      if flock(descriptor.number, LOCK_EX | LOCK_NB) == 0 { return true }
      guard errno == EWOULDBLOCK || errno == EINTR else { return true }  // a file system without locks: do without
      usleep(2_000)
    }
    return false
  }
}
