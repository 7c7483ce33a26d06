import Foundation
import Synchronization

/// A UBS engine stand-in on a unix socket, written from the wire's description alone: it shares no code with the client.
///
/// Like the real one it takes one request per connection and reads what the header announces, so that a client of
/// another dialect may wait for ever.
public final class FakeUBSEngine: Sendable {
  public enum Dialect: Sendable {
    case a, b, c
    /// As A in its first two releases.
    case aLittleEndian
  }

  public struct Device: Sendable {
    public var name: String
    public var health: UInt32
    public var hardwareID: UInt64
    /// Bonding device and two paths; empty: the lookup fails.
    public var paths: [String]

    public init(_ name: String, health: UInt32 = 0, hardwareID: UInt64 = 0x1_0000_0002, paths: [String] = []) {
      self.name = name
      self.health = health
      self.hardwareID = hardwareID
      self.paths = paths
    }
  }

  public enum Fault: Sendable, Equatable {
    case none
    /// Reads requests and never answers.
    case silent
    /// Answers this and closes.
    case raw([UInt8])
    case status(UInt32)
  }

  public enum Request: Sendable, Equatable {
    case list
    case lookup(String)
    case release(String)
    case unknown(module: UInt16, operation: UInt16)
  }

  private struct State {
    var dialect: Dialect
    var devices: [Device]
    var fault = Fault.none
    var requests: [Request] = []
    var connections = 0
  }

  public let socket: String
  private let state: Mutex<State>
  private let listener: Int32
  private let closed = Mutex(false)

  public init(at socket: String, dialect: Dialect, devices: [Device]) throws {
    self.socket = socket
    state = Mutex(State(dialect: dialect, devices: devices))
    listener = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socket.utf8) }
    unlink(socket)
    let bound = withUnsafeBytes(of: &address) { raw in
      raw.baseAddress.map {
        bind(listener, $0.assumingMemoryBound(to: sockaddr.self), socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard bound == 0, listen(listener, 16) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    Thread { [self] in serve() }.start()
  }

  /// Every request read so far, in order.
  public var requests: [Request] { state.withLock { $0.requests } }
  public var connections: Int { state.withLock { $0.connections } }

  public func become(_ dialect: Dialect) { state.withLock { $0.dialect = dialect } }
  public func list(_ devices: [Device]) { state.withLock { $0.devices = devices } }
  public func fail(_ fault: Fault) { state.withLock { $0.fault = fault } }

  /// Closes the socket and deletes its file.
  public func stop() {
    let isFirst = closed.withLock { closed in
      defer { closed = true }
      return !closed
    }
    guard isFirst else { return }
    shutdown(listener, Int32(SHUT_RDWR))
    unlink(socket)
  }

  private func serve() {
    while true {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { break }
      state.withLock { $0.connections += 1 }
      Thread { [self] in
        answer(connection)
        close(connection)
      }.start()
    }
    close(listener)
  }

  private func answer(_ connection: Int32) {
    let dialect = state.withLock { $0.dialect }
    let isShort = dialect == .a || dialect == .aLittleEndian
    guard let header = read(connection, isShort ? 8 : 17) else { return }
    let start = isShort ? 0 : 1
    let module = UInt16(header[start]) | UInt16(header[start + 1]) << 8
    let operation = UInt16(header[start + 2]) | UInt16(header[start + 3]) << 8
    let length = (0..<4).reduce(0) { $0 | Int(header[start + 4 + $1]) << ($1 * 8) }
    guard let body = read(connection, length) else { return }
    let request = classify(module, operation, body, dialect)
    let (devices, fault) = state.withLock { state in
      state.requests.append(request)
      return (state.devices, state.fault)
    }
    switch fault {
    case .silent: _ = read(connection, 1)
    case .raw(let bytes): write(connection, bytes)
    case .status(let status): write(connection, reply(status, [], isShort))
    case .none:
      let (status, content) = content(for: request, devices, dialect)
      write(connection, reply(status, content, isShort))
    }
  }

  private func classify(_ module: UInt16, _ operation: UInt16, _ body: [UInt8], _ dialect: Dialect) -> Request {
    let isShort = dialect == .a || dialect == .aLittleEndian
    let first: UInt16 = dialect == .c ? 4 : 5
    let name = String(decoding: body.prefix { $0 != 0 }, as: UTF8.self)
    guard module == (isShort ? 6 : 5), !body.isEmpty else { return .unknown(module: module, operation: operation) }
    switch operation {
    case first: return .list
    case first + 1: return .lookup(name)
    case first + 2: return .release(name)
    default: return .unknown(module: module, operation: operation)
    }
  }

  private func content(for request: Request, _ devices: [Device], _ dialect: Dialect) -> (UInt32, [UInt8]) {
    func integer(_ value: UInt32) -> [UInt8] {
      let bytes = (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
      return dialect == .a ? bytes.reversed() : bytes
    }
    func text(_ text: String) -> [UInt8] { integer(UInt32(text.utf8.count)) + Array(text.utf8) }
    switch request {
    case .list:
      let items = devices.flatMap { device in
        text(device.name) + integer(device.health)
          + (0..<8).map { UInt8(truncatingIfNeeded: device.hardwareID >> ($0 * 8)) }
      }
      return (0, integer(UInt32(devices.count)) + items)
    case .lookup(let name):
      guard let device = devices.first(where: { $0.name == name }), !device.paths.isEmpty else { return (1007, []) }
      return (0, device.paths.flatMap(text) + text("0000:0000:0000:0000:0000:0000:0000:0001"))
    case .release: return (0, [])
    case .unknown: return (41, [])
    }
  }

  private func reply(_ status: UInt32, _ body: [UInt8], _ isShort: Bool) -> [UInt8] {
    func integer(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
    let start = integer(status) + integer(UInt32(body.count))
    return isShort ? start + body : [1] + start + [UInt8](repeating: 0, count: 8) + body
  }

  private func read(_ connection: Int32, _ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let read = bytes[done...].withUnsafeMutableBytes { recv(connection, $0.baseAddress, $0.count, 0) }
      guard read > 0 else { return nil }
      done += read
    }
    return bytes
  }

  private func write(_ connection: Int32, _ bytes: [UInt8]) {
    _ = bytes.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }
}
