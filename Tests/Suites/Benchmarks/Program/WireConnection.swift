import Glibc

/// One HTTP/2 connection to a plugin, as thin as can be: what a call costs here is the system calls that carry it.
///
/// Written against RFC 9113, 7541 and gRPC's wire protocol; headers of answers are not decoded, so a call that ended
/// without a message counts as failed. One thread at a time.
final class WireConnection {
  private let socket: Int32
  private var nextStream: UInt32 = 1
  private var input: [UInt8] = []
  private var consumed = 0

  private enum FrameType {
    static let data: UInt8 = 0
    static let headers: UInt8 = 1
    static let reset: UInt8 = 3
    static let settings: UInt8 = 4
    static let ping: UInt8 = 6
    static let goAway: UInt8 = 7
    static let windowUpdate: UInt8 = 8
  }

  private struct Frame {
    let type: UInt8
    let flags: UInt8
    let stream: UInt32
    let payload: ArraySlice<UInt8>
  }

  /// What came on a stream so far.
  private struct Answer {
    var bytes: [UInt8] = []
    var hasEnded = false
    /// A whole message: a flag byte, four of length, and the message.
    var message: [UInt8]? {
      guard bytes.count >= 5 else { return nil }
      let length = bytes[1...4].reduce(0) { $0 << 8 | Int($1) }
      return bytes.count >= 5 + length ? Array(bytes[5..<(5 + length)]) : nil
    }
  }

  /// Waits up to `patience` microseconds for somebody to listen.
  init(_ path: String, patience: Int = 0) throws(BenchmarkError) {
    let end = Clock.microseconds + patience
    socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw .system("socket") }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
    while true {
      let result = withUnsafeBytes(of: &address) { bytes in
        connect(
          socket, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(bytes.count))
      }
      if result == 0 { break }
      guard Clock.microseconds < end else { throw .system("connect \(path)") }
      usleep(100)
    }
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    // INITIAL_WINDOW_SIZE and the connection's window: large enough that flow control never waits.
    try send(
      Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
        + Self.frame(FrameType.settings, 0, 0, [0, 4, 0x3f, 0xff, 0xff, 0xff])
        + Self.frame(FrameType.windowUpdate, 0, 0, [0x3f, 0, 0, 0]))
  }

  deinit { if socket >= 0 { close(socket) } }

  /// Ends what waits on this connection in another thread.
  static func end(_ socket: Int32) { shutdown(socket, Int32(SHUT_RDWR)) }

  var descriptor: Int32 { socket }

  func unary(_ method: String, _ message: [UInt8]) throws(BenchmarkError) -> [UInt8] {
    let stream = try open(method, message)
    var answer = Answer()
    while !answer.hasEnded { try receive(into: &answer, stream) }
    guard let message = answer.message else { throw BenchmarkError("\(method) ended without a message") }
    return message
  }

  /// Calls `use` with each message until the stream or the connection ends, or `use` says false.
  func serverStream(
    _ method: String, _ message: [UInt8], _ use: ([UInt8]) -> Bool
  ) throws(BenchmarkError) {
    let stream = try open(method, message)
    var answer = Answer()
    while !answer.hasEnded {
      while let message = answer.message {
        answer.bytes.removeFirst(5 + message.count)
        guard use(message) else { return }
      }
      try receive(into: &answer, stream)
    }
  }

  private func open(_ method: String, _ message: [UInt8]) throws(BenchmarkError) -> UInt32 {
    let stream = nextStream
    nextStream += 2
    try send(
      Self.frame(FrameType.headers, 4, stream, Self.headers(method))
        + Self.frame(FrameType.data, 1, stream, [0] + Self.bigEndian(UInt32(message.count)) + message))
    return stream
  }

  /// Literal fields without indexing, names from the static table where it has them.
  private static func headers(_ method: String) -> [UInt8] {
    func text(_ value: String) -> [UInt8] { [UInt8(value.utf8.count)] + Array(value.utf8) }
    return [0x83, 0x86, 0x04] + text(method) + [0x01] + text("localhost") + [0x0f, 0x10] + text("application/grpc")
      + [0x00] + text("te") + text("trailers")
  }

  private static func bigEndian(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

  private static func frame(_ type: UInt8, _ flags: UInt8, _ stream: UInt32, _ payload: [UInt8]) -> [UInt8] {
    Array(bigEndian(UInt32(payload.count)).dropFirst()) + [type, flags] + bigEndian(stream) + payload
  }

  private func send(_ bytes: [UInt8]) throws(BenchmarkError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { throw .system("send") }
      rest = rest.dropFirst(count)
    }
  }

  private func receive(into answer: inout Answer, _ stream: UInt32) throws(BenchmarkError) {
    let frame = try nextFrame()
    switch frame.type {
    case FrameType.settings where frame.flags & 1 == 0: try send(Self.frame(FrameType.settings, 1, 0, []))
    case FrameType.ping where frame.flags & 1 == 0: try send(Self.frame(FrameType.ping, 1, 0, Array(frame.payload)))
    case FrameType.goAway: throw BenchmarkError("the plugin closed the connection")
    case FrameType.reset where frame.stream == stream: throw BenchmarkError("the plugin reset the call")
    case FrameType.data where frame.stream == stream:
      answer.bytes += frame.payload
      try refillWindow(frame.payload.count)
      answer.hasEnded = frame.flags & 1 != 0
    case FrameType.headers where frame.stream == stream: answer.hasEnded = frame.flags & 1 != 0
    default: break
    }
  }

  private func refillWindow(_ count: Int) throws(BenchmarkError) {
    consumed += count
    guard consumed > 1 << 28 else { return }
    try send(Self.frame(FrameType.windowUpdate, 0, 0, Self.bigEndian(UInt32(consumed))))
    consumed = 0
  }

  private func nextFrame() throws(BenchmarkError) -> Frame {
    while true {
      if input.count >= 9 {
        let length = input[0...2].reduce(0) { $0 << 8 | Int($1) }
        if input.count >= 9 + length {
          let frame = Frame(
            type: input[3], flags: input[4], stream: input[5...8].reduce(0) { $0 << 8 | UInt32($1) } & 0x7fff_ffff,
            payload: input[9..<(9 + length)])
          input.removeFirst(9 + length)
          return frame
        }
      }
      let count = withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { block in
        let count = recv(socket, block.baseAddress, block.count, 0)
        if count > 0 { input += block[0..<count] }
        return count
      }
      guard count != 0 else { throw BenchmarkError("the plugin closed the connection") }
      guard count > 0 || errno == EINTR else { throw .system("recv") }
    }
  }
}
