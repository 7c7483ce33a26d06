import Glibc
public import Linux

/// Checks sockets of other processes.
public enum ServedSocket {
  /// Whether a process listens on the socket file. It connects and sends nothing.
  public static func isThere(_ path: String) -> Bool {
    guard let location = try? SocketPath(path), let probe = try? Descriptor.unixSocket() else { return false }
    // With EAGAIN its queue is full: it is there.
    return location.connect(probe, to: path) == 0 || errno == EAGAIN
  }

  /// Connects to the socket, for a protocol that is not gRPC. The connection is non-blocking.
  public static func connection(to path: String) throws(ListenError) -> Descriptor {
    let location = try SocketPath(path)
    let socket: Descriptor
    do throws(Errno) { socket = try Descriptor.unixSocket() } catch {
      throw .system(operation: "socket", path: path, errno: error.number)
    }
    guard location.connect(socket, to: path) == 0 else { throw .system(operation: "connect", path: path, errno: errno) }
    return socket
  }
}
