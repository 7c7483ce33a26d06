import Glibc
public import Linux

/// A listening socket and the file it is reached by.
///
/// The core can bind by itself, but then it silently takes the path of a live process, gives the file no mode, and at
/// its end deletes whatever is at the path, which may be the socket of a successor. Here the file is made under
/// a temporary name and renamed into place once it is complete, and only the file that was made here is ever deleted.
public struct UnixListener: Sendable {
  /// The result of `accept`.
  public enum Accepted {
    /// A new connection, non-blocking.
    case connection(Descriptor)
    /// No connection waits, or the peer has already given up.
    case none
    /// The process or the system is out of descriptors or memory.
    case exhausted(errno: Int32)
  }

  /// The listening socket, to wait for connections with poll or epoll.
  public let descriptor: Descriptor
  let path: String
  private let identity: FileIdentity

  /// Throws when the path is too long, when a live process listens there, or when a system call fails. A socket file
  /// that no process listens on is replaced.
  public init(path: String, mode: UInt32) throws(ListenError) {
    let location = try SocketPath(path)
    let descriptor = try Self.socket(for: path)
    identity = try DirectoryLock.held(location.directory) { () throws(ListenError) in
      try Self.place(descriptor, at: location, mode: mode)
    }
    self.descriptor = descriptor
    self.path = path
  }

  /// Binds and listens, under a temporary name that is then renamed.
  private static func place(
    _ descriptor: Descriptor, at location: SocketPath, mode: mode_t
  ) throws(ListenError) -> FileIdentity {
    try refuseLiveSocket(at: location)
    let temporary = location.temporary
    // What a process that was killed left.
    if try isSocket(temporary) { unlink(temporary) }
    guard location.bind(descriptor, to: temporary) == 0 else {
      throw .system(operation: "bind", path: temporary, errno: errno)
    }
    do throws(ListenError) {
      // Set the mode before listen: until then no client can connect.
      guard chmod(temporary, mode) == 0 else { throw .system(operation: "chmod", path: temporary, errno: errno) }
      guard listen(descriptor.number, 128) == 0 else {
        throw .system(operation: "listen", path: temporary, errno: errno)
      }
      let identity: FileIdentity
      do throws(Errno) { identity = try FileIdentity(path: temporary) } catch {
        throw .system(operation: "stat", path: temporary, errno: error.number)
      }
      guard rename(temporary, location.path) == 0 else {
        throw .system(operation: "rename", path: location.path, errno: errno)
      }
      return identity
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// Whether the path still leads to this socket. The open socket pins its inode, so its number is not reused.
  var ownsFile: Bool { (try? FileIdentity(path: path)) == identity }

  /// Takes the next connection from the queue without waiting.
  public func accept() -> Accepted {
    do throws(Errno) { return .connection(try descriptor.accept()) } catch {
      switch error.number {
      case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted(errno: error.number)
      default: return .none
      }
    }
  }

  private static func socket(for path: String) throws(ListenError) -> Descriptor {
    do throws(Errno) { return try Descriptor.unixSocket() } catch {
      throw .system(operation: "socket", path: path, errno: error.number)
    }
  }

  /// Deletes the file unless it has become someone else's; call it while the descriptor is open.
  public func removeFile() {
    let directory = SocketPath.directory(of: path) ?? ""
    do throws(ListenError) { try DirectoryLock.held(directory, removeOwnFile) } catch { removeOwnFile() }
  }

  private func removeOwnFile() {
    if ownsFile { unlink(path) }
  }

  private static func refuseLiveSocket(at location: SocketPath) throws(ListenError) {
    guard try isSocket(location.path) else { return }
    let probe = try socket(for: location.path)
    if location.connect(probe, to: location.path) == 0 { throw .inUse(location.path) }
    switch errno {
    case ECONNREFUSED, ENOENT: return
    case EAGAIN, EPROTOTYPE: throw .inUse(location.path)  // its backlog is full; or it is of another type
    default: throw .system(operation: "connect", path: location.path, errno: errno)
    }
  }

  /// False when there is nothing; throws when there is something else than a socket. A link is not followed.
  private static func isSocket(_ path: String) throws(ListenError) -> Bool {
    var file = stat()
    if lstat(path, &file) != 0 {
      if errno == ENOENT { return false }
      throw .system(operation: "stat", path: path, errno: errno)
    }
    guard file.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path) }
    return true
  }
}
