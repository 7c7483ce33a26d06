import CNetlink
import Glibc
import Linux

/// Builds one request with libnl, which knows header layouts and padding; owns the `struct nl_msg`.
struct MessageBuilder: ~Copyable {
  private let message: OpaquePointer
  private let name: String
  private let kind: NetlinkRequest.Kind

  /// A message of a classic family, with the fixed header that its type asks for (`struct ifinfomsg` …).
  init(_ name: String, _ kind: NetlinkRequest.Kind, type: Int, header: [UInt8] = []) throws(NetlinkError) {
    message = try Self.begin(name) { message in
      guard nlmsg_put(message, UInt32(NL_AUTO_PORT), UInt32(NL_AUTO_SEQ), Int32(type), 0, kind.flags) != nil else {
        return false
      }
      return header.isEmpty
        || header.withUnsafeBytes { header in
          nlmsg_append(message, UnsafeMutableRawPointer(mutating: header.baseAddress), header.count, 4) == 0
        }
    }
    self.name = name
    self.kind = kind
  }

  /// A message of a generic netlink family.
  init(
    _ name: String, _ kind: NetlinkRequest.Kind, family: GenericNetlinkFamily, command: Int
  ) throws(NetlinkError) {
    message = try Self.begin(name) { message in
      genlmsg_put(
        message, UInt32(NL_AUTO_PORT), UInt32(NL_AUTO_SEQ), Int32(family.id), 0, kind.flags, UInt8(clamping: command),
        family.version) != nil
    }
    self.name = name
    self.kind = kind
  }

  deinit { nlmsg_free(message) }

  private static func begin(_ name: String, _ putHeader: (OpaquePointer) -> Bool) throws(NetlinkError) -> OpaquePointer
  {
    guard let message = nlmsg_alloc() else { throw .failed(call: "nlmsg_alloc for \(name)", Errno(ENOMEM)) }
    guard putHeader(message) else {
      nlmsg_free(message)
      throw .failed(call: "nlmsg_put for \(name)", Errno(EMSGSIZE))
    }
    return message
  }

  /// Adds a string with its NUL, which some handlers rely on.
  borrowing func put(_ attribute: Int, _ text: String) throws(NetlinkError) {
    guard !text.utf8.contains(0) else {
      throw .unspeakable(request: name, value: text, expected: "no NUL byte")
    }
    try check(nla_put_string(message, Int32(attribute), text))
  }

  borrowing func put(_ attribute: Int, _ number: UInt32) throws(NetlinkError) {
    try check(nla_put_u32(message, Int32(attribute), number))
  }

  consuming func request() -> NetlinkRequest {
    let header = nlmsg_hdr(message)
    let bytes = header.map { [UInt8](UnsafeRawBufferPointer(start: $0, count: Int($0.pointee.nlmsg_len))) }
    return NetlinkRequest(name: name, kind: kind, bytes: bytes ?? [])
  }

  private borrowing func check(_ code: Int32) throws(NetlinkError) {
    guard code == 0 else { throw .failed(call: "nla_put for \(name)", Errno(EMSGSIZE)) }
  }
}
