import Glibc
import Linux

@testable import Netlink

/// A wire with a script: records what is sent and plays back what the kernel would answer.
///
/// Its port is 0x1234 and its first sequence number 1, as in the goldens.
final class RecordingSocket: NetlinkSocket {
  enum Step {
    case reply([UInt8], sender: UInt32 = 0)
    case failure(Int32)
  }

  let port: UInt32 = 0x1234
  let peer: UInt32 = 0
  private(set) var sent: [[UInt8]] = []
  private(set) var unread: [Step]
  private var sendFailures: [Int32]
  private var sequence: UInt32 = 0

  init(_ script: [Step] = [], sendFailures: [Int32] = []) {
    unread = script
    self.sendFailures = sendFailures
  }

  func nextSequence() -> UInt32 {
    sequence += 1
    return sequence
  }

  func send(_ datagram: [UInt8]) throws(Errno) {
    if !sendFailures.isEmpty { throw Errno(sendFailures.removeFirst()) }
    sent.append(datagram)
  }

  func receive(before deadline: ContinuousClock.Instant) throws(Errno) -> NetlinkDatagram {
    // A kernel that has nothing more to say lets the time run out.
    guard !unread.isEmpty else { throw Errno(ETIMEDOUT) }
    switch unread.removeFirst() {
    case .reply(let bytes, let sender): return NetlinkDatagram(bytes: bytes, sender: sender)
    case .failure(let number): throw Errno(number)
    }
  }
}

extension RecordingSocket.Step {
  static func reply(_ text: String) -> Self { .reply(hex(text)) }

  /// `struct nlmsgerr` with error 0: the acknowledgement of request number `sequence`.
  static func acknowledgement(_ sequence: UInt8 = 1) -> Self { .error(0, sequence) }

  /// An error answer, capped: the request's header only is quoted.
  static func error(_ number: Int32, _ sequence: UInt8 = 1) -> Self {
    .reply(Kernel.error(number, sequence))
  }

  static func done(_ sequence: UInt8 = 1) -> Self {
    .reply(Kernel.message(type: 3, flags: 2, sequence: sequence, [0, 0, 0, 0]))
  }
}

/// Composes messages as the kernel does, for replies whose bytes are not themselves what a test pins.
enum Kernel {
  static func message(type: UInt16, flags: UInt16 = 0, sequence: UInt8 = 1, _ body: [UInt8]) -> [UInt8] {
    let length = UInt32(16 + body.count)
    let header = bytes(length) + bytes(type) + bytes(flags) + [sequence, 0, 0, 0] + [0x34, 0x12, 0, 0]
    return padded(header + body)
  }

  static func error(_ number: Int32, _ sequence: UInt8 = 1) -> [UInt8] {
    message(type: 2, flags: 0x100, sequence: sequence, bytes(-number) + [UInt8](repeating: 0, count: 16))
  }

  static func generic(
    family: UInt16, flags: UInt16 = 0, sequence: UInt8 = 1, command: UInt8, _ attributes: [UInt8]...
  )
    -> [UInt8]
  {
    message(type: family, flags: flags, sequence: sequence, [command, 1, 0, 0] + attributes.joined())
  }

  static func attribute(_ type: Int, _ value: [UInt8]) -> [UInt8] {
    padded(bytes(UInt16(4 + value.count)) + bytes(UInt16(type)) + value)
  }

  static func attribute(_ type: Int, _ text: String) -> [UInt8] { attribute(type, Array(text.utf8) + [0]) }

  static func nest(_ type: Int, _ attributes: [UInt8]...) -> [UInt8] {
    attribute(type | 0x8000, Array(attributes.joined()))
  }

  static func bytes(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }

  private static func padded(_ bytes: [UInt8]) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
  }
}
