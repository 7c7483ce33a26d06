import Glibc
import HelperProtocol
import Linux

/// One helper's connection: bytes in, lines out. It belongs to the server's thread.
final class HelperConnection {
  struct End: Error {
    let reason: String
  }

  private let socket: Descriptor
  private var lines = LineBuffer()

  /// `socket` is non-blocking.
  init(_ socket: Descriptor) { self.socket = socket }

  var number: Int32 { socket.number }

  /// The messages that are complete by now.
  func read() throws(End) -> [HelperMessage] {
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    let count = Glibc.read(socket.number, &bytes, bytes.count)
    if count < 0, errno == EAGAIN || errno == EINTR { return [] }
    guard count >= 0 else { throw End(reason: "\(Errno.current)") }
    guard count > 0 else { throw End(reason: "it has ended") }
    do throws(LineError) {
      var messages: [HelperMessage] = []
      for line in try lines.take(bytes.prefix(count)) { messages.append(try HelperMessage(line: line)) }
      return messages
    } catch {
      throw End(reason: "\(error)")
    }
  }

  /// Takes from `bytes` what the socket has room for.
  func write(_ bytes: inout [UInt8]) throws(End) {
    let count = bytes.withUnsafeBytes { send(socket.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    if count < 0, errno == EAGAIN || errno == EINTR { return }
    guard count >= 0 else { throw End(reason: "\(Errno.current)") }
    bytes.removeFirst(count)
  }
}
