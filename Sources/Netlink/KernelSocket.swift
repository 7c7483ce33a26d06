import CNetlink
import Glibc
import Linux

/// A netlink socket of this process in its network namespace; owns libnl's `struct nl_sock`.
///
/// libnl picks the port and keeps the peer, so that both can be set from outside the program.
final class KernelSocket: NetlinkSocket {
  /// Which part of the kernel a socket speaks to: NETLINK_ROUTE and its like.
  enum Family: Int32, Sendable, CustomStringConvertible {
    case route = 0
    case kernelEvents = 15
    case generic = 16
    case rdma = 20

    var description: String {
      switch self {
      case .route: "NETLINK_ROUTE"
      case .kernelEvents: "NETLINK_KOBJECT_UEVENT"
      case .generic: "NETLINK_GENERIC"
      case .rdma: "NETLINK_RDMA"
      }
    }
  }

  let descriptor: Int32
  let socket: OpaquePointer
  /// The kernel makes no datagram of a dump longer than 32 KiB, nor longer than the room it is shown; a single message
  /// may be longer. Memory that is neither written nor cleared costs nothing.
  private static let room = 64 << 10

  /// Throws `failed`; with EPROTONOSUPPORT when this kernel has no such family or its module is not loaded.
  init(_ family: Family) throws(NetlinkError) {
    guard let socket = nl_socket_alloc() else { throw .failed(call: "nl_socket_alloc", Errno(ENOMEM)) }
    errno = 0
    let code = family == .generic ? genl_connect(socket) : nl_connect(socket, family.rawValue)
    let error = errno
    guard code == 0 else {
      nl_socket_free(socket)
      throw .failed(call: "open a \(family) socket", Errno(error == 0 ? EIO : error))
    }
    self.socket = socket
    descriptor = nl_socket_get_fd(socket)
    // Explanations in errors, without the request quoted back; kernels before 4.12 know neither.
    try? setOption(SOL_NETLINK, NETLINK_EXT_ACK, 1, named: "NETLINK_EXT_ACK")
    try? setOption(SOL_NETLINK, NETLINK_CAP_ACK, 1, named: "NETLINK_CAP_ACK")
  }

  deinit { nl_socket_free(socket) }

  var port: UInt32 { nl_socket_get_local_port(socket) }
  var peer: UInt32 { nl_socket_get_peer_port(socket) }
  func nextSequence() -> UInt32 { nl_socket_use_seq(socket) }

  func send(_ datagram: [UInt8]) throws(Errno) {
    var datagram = datagram
    errno = 0
    let code = datagram.withUnsafeMutableBytes { nl_sendto(socket, $0.baseAddress, $0.count) }
    let error = errno
    if code < 0 { throw Errno(error == 0 ? EIO : error) }
  }

  func receive(before deadline: ContinuousClock.Instant) throws(Errno) -> NetlinkDatagram {
    while true {
      if let datagram = try receiveIfReady() { return datagram }
      let left = deadline - .now
      guard left > .zero else { throw Errno(ETIMEDOUT) }
      try wait(milliseconds: left)
    }
  }

  /// Nil when nothing is waiting. Throws ENOBUFS once when the kernel had to drop datagrams.
  func receiveIfReady() throws(Errno) -> NetlinkDatagram? {
    // With MSG_TRUNC the kernel reports the whole length, so peeking first makes room for any message.
    let size = recv(descriptor, nil, 0, Int32(MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT))
    guard size >= 0 else { return try nothing(errno) }
    let room = max(size, Self.room)
    let (datagram, error) = withUnsafeTemporaryAllocation(byteCount: room, alignment: 1) { take(into: $0) }
    if let datagram { return datagram }
    return try nothing(error)
  }

  private func take(into room: UnsafeMutableRawBufferPointer) -> (NetlinkDatagram?, Int32) {
    var sender = sockaddr_nl()
    var length = socklen_t(MemoryLayout<sockaddr_nl>.size)
    let size = withUnsafeMutablePointer(to: &sender) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        recvfrom(descriptor, room.baseAddress, room.count, Int32(MSG_TRUNC | MSG_DONTWAIT), address, &length)
      }
    }
    guard size >= 0 else { return (nil, errno) }
    guard size <= room.count else { return (nil, EMSGSIZE) }
    return (NetlinkDatagram(bytes: Array(room[..<size]), sender: sender.nl_pid, groups: sender.nl_groups), 0)
  }

  private func nothing(_ error: Int32) throws(Errno) -> NetlinkDatagram? {
    if error == EAGAIN { return nil }
    throw Errno(error)
  }

  private func wait(milliseconds left: Duration) throws(Errno) {
    let milliseconds = left / .milliseconds(1)
    var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    let ready = poll(&watched, 1, Int32(clamping: Int64(milliseconds.rounded(.up))))
    let error = errno
    if ready < 0 { throw Errno(error) }
  }

  func join(group: Int32) throws(NetlinkError) {
    errno = 0
    let code = nl_socket_add_membership(socket, group)
    let error = errno
    guard code == 0 else {
      throw .failed(call: "join netlink group \(group)", Errno(error == 0 ? EIO : error))
    }
  }

  /// Room for bursts of events: SO_RCVBUFFORCE goes over rmem_max but takes CAP_NET_ADMIN in the first user namespace.
  func setReceiveBuffer(bytes: Int32) throws(NetlinkError) {
    do throws(NetlinkError) {
      try setOption(SOL_SOCKET, SO_RCVBUFFORCE, bytes, named: "SO_RCVBUFFORCE")
    } catch {
      try setOption(SOL_SOCKET, SO_RCVBUF, bytes, named: "SO_RCVBUF")
    }
  }

  private func setOption(_ level: Int32, _ option: Int32, _ value: Int32, named name: String) throws(NetlinkError) {
    var value = value
    let code = setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    let error = errno
    guard code == 0 else { throw .failed(call: "setsockopt \(name)", Errno(error)) }
  }
}
