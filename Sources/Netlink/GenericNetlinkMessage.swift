import CNetlink

/// One message of a generic netlink family, taken apart.
///
/// Corresponds to `struct genlmsghdr` and what follows it.
struct GenericNetlinkMessage {
  let command: UInt8
  let attributes: NetlinkAttributes

  init(_ message: NetlinkMessage, of place: String) throws(NetlinkError) {
    guard let command = message.body.first else {
      throw .malformed(message: place, reason: "no generic netlink header")
    }
    self.command = command
    attributes = try message.attributes(after: 4, of: place)
  }
}
