import Glibc
import Linux

@testable import Netlink

/// A kernel that answers with the input's datagrams, each after a length of two bytes.
///
/// Every message in them is given the number and port of the question, which a fuzzer would not guess.
final class PlayedSocket: NetlinkSocket {
  let port: UInt32 = 0x1234
  let peer: UInt32 = 0
  private var input: FuzzInput
  private var sequence: UInt32 = 0
  /// Acknowledgements with error 0 that were handed over.
  private(set) var acknowledged = 0

  init(_ input: FuzzInput) { self.input = input }

  func nextSequence() -> UInt32 {
    sequence += 1
    return sequence
  }

  func send(_ datagram: [UInt8]) throws(Errno) {}

  func receive(before deadline: ContinuousClock.Instant) throws(Errno) -> NetlinkDatagram {
    guard !input.isEmpty else { throw Errno(ETIMEDOUT) }
    var bytes = input.counted()
    var start = 0
    while start + 16 <= bytes.count {
      let length = bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: start, as: UInt32.self)) }
      bytes.withUnsafeMutableBytes {
        $0.storeBytes(of: sequence, toByteOffset: start + 8, as: UInt32.self)
        $0.storeBytes(of: port, toByteOffset: start + 12, as: UInt32.self)
      }
      if start + 20 <= bytes.count, bytes[start + 4] == 2 || bytes[start + 4] == 3 { acknowledged += 1 }
      guard length >= 16 else { break }
      start += (length + 3) / 4 * 4
    }
    return NetlinkDatagram(bytes: bytes, sender: 0)
  }
}
