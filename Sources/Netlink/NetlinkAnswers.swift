import CNetlink
import Linux

/// The answers to one request as they come in, until an acknowledgement or the end of a dump.
struct NetlinkAnswers {
  private let request: NetlinkRequest
  private let sequence: UInt32
  private let port: UInt32
  private(set) var messages: [NetlinkMessage] = []
  private(set) var areComplete = false
  private var wereInterrupted = false

  init(to request: NetlinkRequest, sequence: UInt32, port: UInt32) {
    self.request = request
    self.sequence = sequence
    self.port = port
  }

  /// Whether the dump is complete and the table did not change during it.
  var areSound: Bool { areComplete && !wereInterrupted }

  /// Throws `refused` when the kernel answers with an error.
  mutating func take(_ datagram: NetlinkDatagram) throws(NetlinkError) {
    for message in try NetlinkMessage.split(datagram.bytes, of: request.name) {
      // A late answer to an earlier request, one that timed out, is not ours.
      guard message.sequence == sequence, message.port == port else { continue }
      try take(message)
    }
  }

  private mutating func take(_ message: NetlinkMessage) throws(NetlinkError) {
    if Int32(message.flags) & NLM_F_DUMP_INTR != 0 { wereInterrupted = true }
    switch Int32(message.type) {
    case NLMSG_NOOP:
      break
    case NLMSG_ERROR:
      guard let code = message.body.native(Int32.self) else {
        throw .malformed(message: request.name, reason: "an acknowledgement without its error number")
      }
      if code != 0 { throw refusal(code, message) }
      areComplete = true
    case NLMSG_DONE:
      // Kernels before 4.14 end some dumps without a number.
      if let code = message.body.native(Int32.self), code < 0 { throw refusal(code, message) }
      areComplete = true
    case NLMSG_OVERRUN:
      wereInterrupted = true
      areComplete = true
    default:
      messages.append(message)
    }
  }

  private func refusal(_ code: Int32, _ message: NetlinkMessage) -> NetlinkError {
    .refused(request: request.name, Errno(code.magnitudeAsErrno), detail: detail(in: message))
  }

  /// The kernel's message (NLMSGERR_ATTR_MSG), which follows the error and the request's header or whole request.
  private func detail(in message: NetlinkMessage) -> String? {
    guard Int32(message.flags) & NLM_F_ACK_TLVS != 0, Int32(message.type) == NLMSG_ERROR else { return nil }
    let quoted = message.body.native(UInt32.self, at: 4).map(Int.init) ?? 0
    let isCapped = Int32(message.flags) & NLM_F_CAPPED != 0
    let length = 4 + (isCapped ? NetlinkMessage.headerLength : paddedToFour(quoted))
    guard length <= message.body.count else { return nil }
    let attributes = try? NetlinkAttributes(message.body.dropFirst(length), of: request.name)
    return attributes?.string(Int(NLMSGERR_ATTR_MSG.rawValue))
  }
}

extension Int32 {
  /// The kernel sends errno negated; an absurd value stays in range.
  fileprivate var magnitudeAsErrno: Int32 { Int32(clamping: magnitude) }
}
