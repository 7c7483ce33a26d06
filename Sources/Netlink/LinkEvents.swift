import CNetlink
import Glibc

/// A change of a network interface in one network namespace, or the loss of some.
public enum LinkEvent: Sendable, Equatable {
  /// The interface is new or has changed, its name included. The kernel also repeats unchanged interfaces.
  case changed(LinkFact)
  /// The interface was deleted or moved to another namespace.
  case removed(index: Int, name: String)
  /// Events were lost: read all interfaces again.
  case resync
}

/// Receives changes of network interfaces from now on, in the network namespace in which the socket was opened.
///
/// Corresponds to RTNLGRP_LINK. Only this group reports carrier changes; they send no uevent.
public final class LinkEvents: EventSource {
  /// `LinkEvent.resync`.
  public static var resync: LinkEvent { .resync }
  private let socket: KernelSocket

  /// Opens the socket and joins RTNLGRP_LINK.
  ///
  /// - Throws: `failed` when the kernel refuses.
  public init() throws(NetlinkError) {
    socket = try KernelSocket(.route)
    // A message is about 1.5 KiB, accounted double: a thousand VFs made at once fit.
    try socket.setReceiveBuffer(bytes: 4 << 20)
    try socket.join(group: Int32(RTNLGRP_LINK.rawValue))
  }

  /// The socket's descriptor.
  public var descriptor: Int32 { socket.descriptor }

  /// Takes the queued changes; those of other senders than the kernel are dropped.
  public func nextBatch() throws(NetlinkError) -> [LinkEvent] {
    try socket.drainEvents(resync: .resync, Self.events)
  }

  /// The events of one datagram; none when it is not from the kernel.
  static func events(_ datagram: NetlinkDatagram) throws(NetlinkError) -> [LinkEvent] {
    guard datagram.sender == 0 else { return [] }
    var events: [LinkEvent] = []
    for message in try NetlinkMessage.split(datagram.bytes, of: "RTNLGRP_LINK") {
      switch Int(message.type) {
      case RTM_NEWLINK:
        if let link = try LinkMessage.fact(message) { events.append(.changed(link)) }
      case RTM_DELLINK:
        if let link = try LinkMessage.fact(message) { events.append(.removed(index: link.index, name: link.name)) }
      default:
        break
      }
    }
    return events
  }
}
