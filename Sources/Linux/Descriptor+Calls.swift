import CLinux
import Glibc

/// System calls that Swift's Glibc module does not offer. Each throws the error number of the failed call.
extension Descriptor {
  /// Creates a stream socket of the unix family, non-blocking and closed on exec.
  public static func unixSocket() throws(Errno) -> Descriptor { try Descriptor(clinux_unix_socket()).orErrno() }

  /// Creates an event counter (eventfd), non-blocking and closed on exec. `signal` makes it readable.
  public static func eventCounter() throws(Errno) -> Descriptor { try Descriptor(clinux_event_create()).orErrno() }

  /// Makes an event counter readable.
  public func signal() { _ = clinux_event_signal(number) }

  /// Makes it unreadable until the next `signal`.
  public func clear() { _ = clinux_event_clear(number) }

  /// Accepts a connection on a listening socket; it is non-blocking and closed on exec.
  public func accept() throws(Errno) -> Descriptor { try Descriptor(clinux_accept(number)).orErrno() }

  /// The peer's user and process, as the kernel recorded them at connect.
  public func peer() throws(Errno) -> (user: UInt32, process: Int32) {
    var user = uid_t()
    var process = pid_t()
    guard clinux_peer_credentials(number, &user, &process) == 0 else { throw Errno(errno) }
    return (user, process)
  }

  /// The kind of namespace that an open file refers to.
  public enum Namespace: Equatable {
    /// A network namespace (CLONE_NEWNET).
    case network
    /// Another kind of namespace, with its CLONE_NEW… flag.
    case other(Int32)
  }

  /// Asks the kernel for the kind of namespace that an open file refers to (NS_GET_NSTYPE).
  ///
  /// - Throws: ENOTTY when the file is not a namespace.
  public static func namespace(of number: Int32) throws(Errno) -> Namespace {
    let kind = clinux_namespace_kind(number)
    guard kind >= 0 else { throw Errno(errno) }
    return kind == Int32(clinux_namespace_network.rawValue) ? .network : .other(kind)
  }
}

extension Optional where Wrapped == Descriptor {
  fileprivate func orErrno() throws(Errno) -> Descriptor {
    let number = errno
    guard let self else { throw Errno(number) }
    return self
  }
}
