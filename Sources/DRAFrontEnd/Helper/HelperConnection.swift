import Glibc
import HelperProtocol
import Linux

/// The connection of one helper, which sends and receives lines. Only the server's thread uses it.
final class HelperConnection {
  struct End: Error {
    let reason: String
  }

  private let socket: Descriptor
  private var lines = LineBuffer()

  /// `socket` is non-blocking.
  init(_ socket: Descriptor) { self.socket = socket }

  var number: Int32 { socket.number }

  /// Receives the messages that are complete now.
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

  /// Sends as many of `bytes` as the socket takes, and removes them.
  func write(_ bytes: inout [UInt8]) throws(End) {
    let count = bytes.withUnsafeBytes { send(socket.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    if count < 0, errno == EAGAIN || errno == EINTR { return }
    guard count >= 0 else { throw End(reason: "\(Errno.current)") }
    bytes.removeFirst(count)
  }
}
