public import Linux

/// The wire: what one netlink socket sends and receives. The kernel is the second party.
///
/// Not Sendable: one owner uses a socket, because answers are distinguished by their order too.
public protocol NetlinkSocket: AnyObject {
  /// The address that answers to this socket carry.
  var port: UInt32 { get }
  /// The address that requests go to, and answers must come from; 0 is the kernel.
  var peer: UInt32 { get }
  func nextSequence() -> UInt32
  func send(_ datagram: [UInt8]) throws(Errno)
  /// The next datagram, whole. Throws ETIMEDOUT when none has come before the deadline.
  func receive(before deadline: ContinuousClock.Instant) throws(Errno) -> NetlinkDatagram
}

/// What one receive yields.
public struct NetlinkDatagram: Sendable, Equatable {
  public let bytes: [UInt8]
  /// The sender's port; 0 is the kernel.
  public let sender: UInt32
  /// The multicast group it was sent to, as a bit mask; 0 when it was sent to this socket alone.
  public let groups: UInt32

  public init(bytes: [UInt8], sender: UInt32, groups: UInt32 = 0) {
    self.bytes = bytes
    self.sender = sender
    self.groups = groups
  }
}
