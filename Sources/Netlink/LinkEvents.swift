import CNetlink
import Glibc

/// A change of a link of one network namespace.
public enum LinkEvent: Sendable, Equatable {
  /// It is new, or something about it changed, the name included; the kernel repeats it without a change too.
  case changed(LinkFact)
  /// It is gone, or has moved to another namespace.
  case removed(index: Int, name: String)
  /// Events were lost: read all links again.
  case resync
}

/// Changes of links, from the moment it is made, in the network namespace it is made in.
///
/// Corresponds to RTNLGRP_LINK. Carrier changes come here and nowhere else; they send no uevent.
public final class LinkEvents: EventSource {
  public static var resync: LinkEvent { .resync }
  private let socket: KernelSocket

  public init() throws(NetlinkError) {
    socket = try KernelSocket(.route)
    // A message is about 1.5 KiB, accounted double: a thousand VFs made at once fit.
    try socket.setReceiveBuffer(bytes: 4 << 20)
    try socket.join(group: Int32(RTNLGRP_LINK.rawValue))
  }

  public var descriptor: Int32 { socket.descriptor }

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
