import CNetlink

/// One message of a datagram, taken apart.
///
/// Corresponds to `struct nlmsghdr` and what follows it.
struct NetlinkMessage {
  static let headerLength = 16

  let type: UInt16
  let flags: UInt16
  let sequence: UInt32
  let port: UInt32
  let body: ArraySlice<UInt8>

  /// The messages of one datagram; throws `malformed` when one runs over the datagram's end.
  static func split(_ datagram: [UInt8], of place: String) throws(NetlinkError) -> [NetlinkMessage] {
    var messages: [NetlinkMessage] = []
    var rest = datagram[...]
    while !rest.isEmpty {
      guard let length = rest.native(UInt32.self).map(Int.init), rest.count >= headerLength else {
        throw .malformed(message: place, reason: "expected a header of \(headerLength) bytes, found \(rest.count)")
      }
      guard length >= headerLength, length <= rest.count else {
        throw .malformed(message: place, reason: "a message says it has \(length) bytes where \(rest.count) are left")
      }
      messages.append(NetlinkMessage(complete: rest.prefix(length)))
      rest = rest.dropFirst(paddedToFour(length))
    }
    return messages
  }

  private init(complete bytes: ArraySlice<UInt8>) {
    type = bytes.native(UInt16.self, at: 4) ?? 0
    flags = bytes.native(UInt16.self, at: 6) ?? 0
    sequence = bytes.native(UInt32.self, at: 8) ?? 0
    port = bytes.native(UInt32.self, at: 12) ?? 0
    body = bytes.dropFirst(Self.headerLength)
  }

  /// The attributes that follow a fixed header of `length` bytes, such as `struct ifinfomsg`.
  func attributes(after length: Int, of place: String) throws(NetlinkError) -> NetlinkAttributes {
    guard body.count >= length else {
      throw .malformed(message: place, reason: "expected \(length) bytes after the header, found \(body.count)")
    }
    return try NetlinkAttributes(body.dropFirst(paddedToFour(length)), of: place)
  }
}
