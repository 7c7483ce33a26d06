import Glibc
import Linux
import Synchronization

/// Keeps other instances of this program, and the other servers of this one, out of a directory between looking at
/// a socket file and replacing it.
enum DirectoryLock {
  /// The servers of one process wait for each other here. Each holds it for a few system calls.
  private static let own = Mutex(())

  /// Never waits for another process. Empty means the working directory.
  ///
  /// Throws `locked` when another process keeps the lock, and `system` when the directory can't be opened.
  static func held<Result: Sendable>(
    _ directory: String, _ body: () throws(ListenError) -> Result
  ) throws(ListenError) -> Result {
    try own.withLock { _ throws(ListenError) in
      let directory = directory.isEmpty ? "." : directory
      guard let descriptor = Descriptor(open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) else {
        throw .system(operation: "open", path: directory, errno: errno)
      }
      // A file system without locks: do without.
      if flock(descriptor.number, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK { throw .locked(directory) }
      defer { flock(descriptor.number, LOCK_UN) }
      return try body()
    }
  }
}
