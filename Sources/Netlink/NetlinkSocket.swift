import Linux

/// What a netlink socket sends and receives; tests answer in place of the kernel.
///
/// It is not Sendable: answers belong to requests by their order too, so a socket has one user.
protocol NetlinkSocket: AnyObject {
  /// The address that answers to this socket carry.
  var port: UInt32 { get }
  /// The address that requests go to, and answers must come from; 0 is the kernel.
  var peer: UInt32 { get }
  func nextSequence() -> UInt32
  func send(_ datagram: [UInt8]) throws(Errno)
  /// The next datagram, whole. Throws ETIMEDOUT when none has come before the deadline.
  func receive(before deadline: ContinuousClock.Instant) throws(Errno) -> NetlinkDatagram
}

/// One received datagram with its sender.
struct NetlinkDatagram: Sendable, Equatable {
  let bytes: [UInt8]
  /// The sender's port; 0 is the kernel.
  let sender: UInt32
  /// The multicast group it was sent to, as a bit mask; 0 when it was sent to this socket alone.
  let groups: UInt32

  init(bytes: [UInt8], sender: UInt32, groups: UInt32 = 0) {
    self.bytes = bytes
    self.sender = sender
    self.groups = groups
  }
}
