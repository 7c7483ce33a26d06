import DevicePluginFrontEnd
import Glibc
import Linux

/// Calls GetDevicePluginOptions over a pool's socket, as kubelet does, but without the gRPC library. It shows whether
/// that library's thread still answers.
///
/// It uses HTTP/2 as in RFC 9113: preface, settings, one request. Any frame of the request's stream is an answer, and
/// so is a GOAWAY.
enum EndpointCall {
  enum Outcome: Equatable {
    case answered
    /// No server listens, because the socket is being created again.
    case refused
    /// The time passed without an answer.
    case silent
  }

  /// A description of a pool whose socket does not answer, for `/healthz`; nil when all answer.
  static func silence(of sockets: ListeningSockets) -> String? {
    sockets.all.first { make(at: $0, limit: .seconds(1)) == .silent }.map { "no answer on \($0) within 1 s" }
  }

  /// Blocks the calling thread for `limit` at most.
  static func make(at path: String, limit: Duration) -> Outcome {
    // Time in which the machine sleeps does not count.
    let deadline = SuspendingClock.now + limit
    guard let descriptor = Descriptor(socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)) else {
      return .refused
    }
    let (seconds, attoseconds) = limit.components
    var time = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
    let length = socklen_t(MemoryLayout<timeval>.size)
    // For connect(2) too, which waits while the backlog is full.
    setsockopt(descriptor.number, SOL_SOCKET, SO_SNDTIMEO, &time, length)
    guard connect(descriptor, to: path) == 0 else { return errno == EAGAIN ? .silent : .refused }
    guard send(descriptor.number, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else { return .refused }
    return read(descriptor, until: deadline)
  }

  private static func connect(_ descriptor: Descriptor, to path: String) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor.number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }

  private static func read(_ descriptor: Descriptor, until deadline: SuspendingClock.Instant) -> Outcome {
    var received: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let left = (deadline - .now) / .milliseconds(1)
      var state = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
      let ready = left > 0 ? poll(&state, 1, Int32(min(left, 1_000_000)) + 1) : 0
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { return .silent }
      let count = recv(descriptor.number, &chunk, chunk.count, 0)
      guard count > 0 else { return .refused }
      received += chunk[..<count]
      if hasAnswer(&received) { return .answered }
    }
  }

  /// Removes complete frames from the front (RFC 9113, section 4.1).
  private static func hasAnswer(_ received: inout [UInt8]) -> Bool {
    while received.count >= 9 {
      let length = Int(received[0]) << 16 | Int(received[1]) << 8 | Int(received[2])
      let isOfTheRequest = received[5...8].elementsEqual([0, 0, 0, 1])
      if isOfTheRequest || received[3] == goAway { return true }
      guard received.count >= 9 + length else { return false }
      received.removeFirst(9 + length)
    }
    return false
  }

  private static let goAway: UInt8 = 7
  private static let request: [UInt8] = {
    let headers = [
      (":method", "POST"), (":scheme", "http"), (":path", "/v1beta1.DevicePlugin/GetDevicePluginOptions"),
      (":authority", "localhost"), ("te", "trailers"), ("content-type", "application/grpc"),
    ].reduce(into: [UInt8]()) { $0 += [0] + text($1.0) + text($1.1) }
    return Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + frame(4, 0, 0, [])
      + frame(1, 4, 1, headers) + frame(0, 1, 1, [0, 0, 0, 0, 0])
  }()

  private static func frame(_ type: UInt8, _ flags: UInt8, _ stream: UInt8, _ payload: [UInt8]) -> [UInt8] {
    [0, UInt8(payload.count >> 8), UInt8(payload.count & 0xff), type, flags, 0, 0, 0, stream] + payload
  }

  /// A string of HPACK (RFC 7541, section 5.2) without Huffman encoding; shorter than 127 bytes.
  private static func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }
}
