import CLinux
import EventLoop
import Glibc

/// A socket of another process.
public enum ServedSocket {
  /// Whether a process listens on the socket file; nothing is sent.
  public static func isThere(_ path: String) -> Bool {
    guard let location = try? SocketPath(path), let probe = Descriptor(clinux_unix_socket()) else { return false }
    // With EAGAIN its queue is full: it is there.
    return location.connect(probe, to: path) == 0 || errno == EAGAIN
  }
}
