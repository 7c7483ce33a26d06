import Glibc

/// A bare unix socket: a peer that speaks HTTP/2 badly, or not at all.
final class RawPeer: Sendable {
  let descriptor: Int32

  init() {
    // Closed on exec, or the child of an exit test keeps the connection open.
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  }

  deinit { close(descriptor) }

  /// What an HTTP/2 client says first, with empty SETTINGS.
  static let greeting = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]

  /// The frames of a unary call on the first stream (RFC 9113, gRPC's wire protocol); the message counts as compressed when
  /// there is an encoding.
  static func call(_ method: String, message: [UInt8], encoding: String?) -> [UInt8] {
    let data = [encoding == nil ? 0 : 1, 0, 0, 0, UInt8(message.count)] + message
    return headers(method, encoding: encoding, isLast: false) + [0, 0, UInt8(data.count), 0, 1, 0, 0, 0, 1] + data
  }

  /// HEADERS alone: literal fields without indexing (RFC 7541).
  static func headers(_ method: String, encoding: String?, isLast: Bool) -> [UInt8] {
    func text(_ value: String) -> [UInt8] { [UInt8(value.utf8.count)] + Array(value.utf8) }
    var fields = [0x83, 0x86, 0x04] + text(method) + [0x01] + text("localhost")
    fields += [0x0f, 0x10] + text("application/grpc") + [0x00] + text("te") + text("trailers")
    if let encoding { fields += [0x00] + text("grpc-encoding") + text(encoding) }
    return [0, 0, UInt8(fields.count), 1, isLast ? 5 : 4, 0, 0, 0, 1] + fields
  }

  /// errno, 0 for success.
  func connect(to path: String) -> Int32 {
    withAddress(path) { Glibc.connect(descriptor, $0, $1) == 0 ? 0 : errno }
  }

  /// Binds without listening, as the socket of a dead process looks; errno, 0 for success.
  func bind(to path: String) -> Int32 {
    withAddress(path) { Glibc.bind(descriptor, $0, $1) == 0 ? 0 : errno }
  }

  func listen() -> Int32 { Glibc.listen(descriptor, 1) }

  @discardableResult
  func send(_ bytes: [UInt8]) -> Int { Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }

  func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// What has come by now; nil once the other side has closed the connection.
  func received() -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 65536)
    let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
    if count > 0 { return Array(bytes.prefix(count)) }
    return count < 0 && errno == EAGAIN ? [] : nil
  }

  /// Whether the other side has closed the connection; throws away what it sent before.
  var isClosed: Bool {
    while let bytes = received() {
      if bytes.isEmpty { return false }
    }
    return true
  }

  private func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
    return withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
  }
}
