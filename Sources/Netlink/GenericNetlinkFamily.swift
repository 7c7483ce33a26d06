import CNetlink
import Glibc

/// A family of generic netlink in this kernel: its name, version and the number that it was given at boot.
struct GenericNetlinkFamily: Sendable, Equatable {
  let name: String
  let id: UInt16
  let version: UInt8

  /// The controller, whose number is fixed (GENL_ID_CTRL).
  static let controller = GenericNetlinkFamily(name: "nlctrl", id: 0x10, version: 1)

  /// Asks the controller (CTRL_CMD_GETFAMILY) for the family's number; nil when this kernel has no such family.
  static func resolve(
    _ name: String, version: UInt8, on socket: any NetlinkSocket, within limit: Duration
  ) throws(NetlinkError) -> GenericNetlinkFamily? {
    let message = try MessageBuilder(
      "CTRL_CMD_GETFAMILY \(name)", .question, family: controller, command: Int(CTRL_CMD_GETFAMILY))
    try message.put(Int(CTRL_ATTR_FAMILY_NAME), name)
    let answers: [NetlinkMessage]
    do throws(NetlinkError) {
      answers = try socket.exchange(message.request(), within: limit)
    } catch {
      if error.answer == ENOENT { return nil }
      throw error
    }
    for answer in answers {
      let reply = try GenericNetlinkMessage(answer, of: "CTRL_CMD_NEWFAMILY")
      if let id = try reply.attributes.integer(UInt16.self, Int(CTRL_ATTR_FAMILY_ID)) {
        return GenericNetlinkFamily(name: name, id: id, version: version)
      }
    }
    throw .malformed(message: "CTRL_CMD_NEWFAMILY", reason: "no number for the family \(name)")
  }
}
