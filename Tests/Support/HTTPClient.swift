import Glibc

/// A client that does only what it is told, for as long as a test wants.
public final class HTTPClient: Sendable {
  private let descriptor: Int32

  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// `source` is the client's own address, one of 127.0.0.0/8.
  public init(port: UInt16, from source: String = "127.0.0.1", patience: Int = 10) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var limit = timeval(tv_sec: patience, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    guard Self.with(source, 0, { bind(descriptor, $0, $1) }) == 0 else { throw Failure(description: "bind: \(errno)") }
    guard Self.with("127.0.0.1", port, { connect(descriptor, $0, $1) }) == 0 else {
      throw Failure(description: "connect: \(errno)")
    }
  }

  deinit { close(descriptor) }

  private static func with(
    _ host: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    inet_pton(AF_INET, host, &address.sin_addr)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }

  /// How many bytes were taken: fewer than given when the service has closed the connection or takes no more.
  @discardableResult public func send(_ text: String, waits: Bool = true) -> Int {
    let bytes = Array(text.utf8)
    let flags = Int32(MSG_NOSIGNAL) | (waits ? 0 : Int32(MSG_DONTWAIT))
    return max(0, Glibc.send(descriptor, bytes, bytes.count, flags))
  }

  /// Everything until the service closes the connection; nil when it does not in time.
  public func rest() -> String? {
    var answer: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count < 0, errno == EAGAIN { return nil }
      // An end, or a reset after everything was read.
      guard count > 0 else { return String(decoding: answer, as: UTF8.self) }
      answer += chunk[..<count]
    }
  }

  /// Whether the service has closed or reset the connection. What it has sent counts as nothing.
  public var isGone: Bool {
    // POLLRDHUP, which the C library shows only to GNU sources.
    var state = pollfd(fd: descriptor, events: 0x2000, revents: 0)
    return poll(&state, 1, 0) == 1
  }

  public static func page(_ path: String, port: UInt16, from source: String = "127.0.0.1") throws -> String? {
    let client = try HTTPClient(port: port, from: source)
    client.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
    return client.rest()
  }
}
