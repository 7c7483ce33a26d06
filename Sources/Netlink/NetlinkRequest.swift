import CNetlink

/// A message to the kernel, ready but for its sequence number and sender.
struct NetlinkRequest {
  enum Kind {
    /// Asks for one object; the answer comes before the acknowledgement.
    case question
    /// Asks for all objects; the answer ends with NLMSG_DONE.
    case dump
    /// Changes something: never repeated on its own accord.
    case command

    var flags: Int32 {
      switch self {
      case .question, .command: NLM_F_REQUEST | NLM_F_ACK
      case .dump: NLM_F_REQUEST | NLM_F_ROOT | NLM_F_MATCH
      }
    }
  }

  /// The kernel's name of it, for errors: `RTM_GETLINK`.
  let name: String
  let kind: Kind
  private let bytes: [UInt8]

  init(name: String, kind: Kind, bytes: [UInt8]) {
    self.name = name
    self.kind = kind
    self.bytes = bytes
  }

  /// The bytes of the wire.
  func datagram(sequence: UInt32, port: UInt32) -> [UInt8] {
    var datagram = bytes
    datagram.withUnsafeMutableBytes { header in
      header.storeBytes(of: sequence, toByteOffset: 8, as: UInt32.self)
      header.storeBytes(of: port, toByteOffset: 12, as: UInt32.self)
    }
    return datagram
  }
}
