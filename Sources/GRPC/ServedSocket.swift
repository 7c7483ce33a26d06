import Glibc
import Linux

/// Checks sockets of other processes.
public enum ServedSocket {
  /// Whether a process listens on the socket file. It connects and sends nothing.
  public static func isThere(_ path: String) -> Bool {
    guard let location = try? SocketPath(path), let probe = try? Descriptor.unixSocket() else { return false }
    // With EAGAIN its queue is full: it is there.
    return location.connect(probe, to: path) == 0 || errno == EAGAIN
  }
}
