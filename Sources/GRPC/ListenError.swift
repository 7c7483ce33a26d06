import Linux

/// Why a server can't listen on a socket.
public enum ListenError: Error, Sendable, Equatable {
  /// The path can't name a socket, e.g. because it is longer than 107 bytes.
  case unusablePath(String, reason: String)
  /// A live process listens on the path.
  case inUse(String)
  /// The file at the path is not a socket; it is left alone.
  case notASocket(String)
  /// Another process holds the lock on the directory; a later attempt may succeed.
  case locked(String)
  /// The server has been stopped.
  case stopped(String)
  /// A system call failed.
  case system(operation: String, path: String, errno: Int32)
}

extension ListenError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unusablePath(let path, let reason): "\(path): not a path for a socket: \(reason)"
    case .inUse(let path): "\(path): another process listens here"
    case .notASocket(let path): "\(path): a file is in the way that is not a socket"
    case .locked(let directory): "\(directory): another process holds a lock (flock) on it; trying again"
    case .stopped(let path): "\(path): the server is stopped"
    case .system(let operation, let path, let errno): "\(path): \(operation): \(Errno(errno))"
    }
  }
}
