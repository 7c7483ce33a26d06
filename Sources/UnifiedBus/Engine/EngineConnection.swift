import Glibc
import Linux

/// A connection to the UBS engine for one request. It is closed after the reply, because the engine limits the
/// connections of a user. Its calls block: run it on a thread of its own.
struct EngineConnection: ~Copyable {
  private let descriptor: Descriptor
  private let socket: String
  private let dialect: EngineDialect
  private let limit: Duration
  private let deadline: ContinuousClock.Instant

  /// Prepares a connection to the engine's socket at `path`; the whole exchange must end within `limit` from now.
  init(path: String, dialect: EngineDialect, limit: Duration) throws(UnifiedBusError) {
    do throws(Errno) { descriptor = try Descriptor.unixSocket() } catch {
      throw .engineUnreachable(socket: path, reason: "\(error)")
    }
    socket = path
    self.dialect = dialect
    self.limit = limit
    deadline = .now + limit
  }

  /// Connects, sends the request and returns the body of the reply; throws `engineRefused` for a status other than 0.
  func exchange(_ request: EngineRequest) throws(UnifiedBusError) -> ArraySlice<UInt8> {
    try connect()
    try send(request.encoded(in: dialect), for: request)
    let start = try receive(dialect.headerLength, of: "header", for: request)
    let header = try EngineReplyHeader(decoding: start[...], dialect: dialect)
    guard header.status == 0 else {
      throw .engineRefused(request: request.description, status: header.status)
    }
    return try receive(header.bodyLength, of: "body", for: request)[...]
  }

  private func connect() throws(UnifiedBusError) {
    guard var address = sockaddr_un(path: socket) else {
      throw .engineUnreachable(
        socket: socket, reason: "expected a path of 1 to 107 bytes, found \(socket.utf8.count)")
    }
    while true {
      let result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          Glibc.connect(descriptor.number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      let error = errno
      if result == 0 { return }
      // EAGAIN: the engine's queue of connections is full, and poll does not tell when it no longer is.
      guard error == EINTR || error == EAGAIN, remainingMilliseconds > 0 else {
        throw .engineUnreachable(socket: socket, reason: "\(Errno(error))")
      }
      poll(nil, 0, min(10, remainingMilliseconds))
    }
  }

  private func send(_ bytes: [UInt8], for request: EngineRequest) throws(UnifiedBusError) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      let error = errno
      if count > 0 {
        sent += count
      } else if error == EAGAIN || error == EINTR {
        try wait(Int16(POLLOUT), for: request)
      } else {
        throw .engineBroke(socket: socket, request: request.description, reason: "\(Errno(error))")
      }
    }
  }

  /// Reads as bytes arrive: memory is allocated for what has arrived, not for the announced length.
  private func receive(_ count: Int, of part: String, for request: EngineRequest) throws(UnifiedBusError) -> [UInt8] {
    var received: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: min(count, 64 << 10))
    while received.count < count {
      let wanted = min(chunk.count, count - received.count)
      let read = chunk.withUnsafeMutableBytes { recv(descriptor.number, $0.baseAddress, wanted, 0) }
      let error = errno
      if read > 0 {
        received.append(contentsOf: chunk.prefix(read))
      } else if read == 0 {
        throw .malformedReply(
          dialect: dialect, reason: "expected a \(part) of \(count) bytes, found the end after \(received.count)")
      } else if error == EAGAIN || error == EINTR {
        try wait(Int16(POLLIN), for: request)
      } else {
        throw .engineBroke(socket: socket, request: request.description, reason: "\(Errno(error))")
      }
    }
    return received
  }

  private func wait(_ events: Int16, for request: EngineRequest) throws(UnifiedBusError) {
    var watched = pollfd(fd: descriptor.number, events: events, revents: 0)
    guard remainingMilliseconds > 0 else {
      throw .engineSilent(socket: socket, request: request.description, limit: limit)
    }
    poll(&watched, 1, remainingMilliseconds)
  }

  /// Rounded up, so that the last wait does not become a busy loop.
  private var remainingMilliseconds: Int32 {
    let left = deadline - .now
    guard left > .zero else { return 0 }
    let (seconds, attoseconds) = left.components
    return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
  }
}

extension sockaddr_un {
  /// Nil when the path is empty, has a NUL in it or does not fit: a NUL has to end it.
  init?(path: String) {
    self.init()
    sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    let capacity = MemoryLayout.size(ofValue: sun_path)
    guard !bytes.isEmpty, bytes.count < capacity, !bytes.contains(0) else { return nil }
    withUnsafeMutableBytes(of: &sun_path) { $0.copyBytes(from: bytes) }
  }
}
