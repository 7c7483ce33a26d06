import Glibc
import Linux

/// A socket that listens on an address.
struct HTTPListener: Sendable {
  let descriptor: Descriptor
  let port: UInt16

  enum Accepted {
    case connection(Descriptor)
    /// No connection waits.
    case none
    /// The process or the system is out of descriptors or memory.
    case exhausted
  }

  /// Binds the first address that `host` stands for. A numeric address needs no resolver.
  init(host: String, port: UInt16, limits: HTTPLimits) throws(HTTPService.Failure) {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    var found: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, "\(port)", &hints, &found)
    defer { if let found { freeaddrinfo(found) } }
    guard code == 0, let address = found else {
      throw HTTPService.Failure(address: host, port: port, reason: String(cString: gai_strerror(code)))
    }
    switch Self.listen(on: address.pointee, limits) {
    case .success(let descriptor):
      self.descriptor = descriptor
      self.port = Self.port(of: descriptor) ?? port
    case .failure(let error):
      throw HTTPService.Failure(address: host, port: port, reason: "\(Errno(error.number))")
    }
  }

  private struct SystemError: Error {
    let number: Int32
    init() { number = errno }
  }

  private static func listen(on address: addrinfo, _ limits: HTTPLimits) -> Result<Descriptor, SystemError> {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    guard let descriptor = Descriptor(socket(address.ai_family, type, 0)) else { return .failure(SystemError()) }
    var one: Int32 = 1
    let length = socklen_t(MemoryLayout<Int32>.size)
    guard setsockopt(descriptor.number, SOL_SOCKET, SO_REUSEADDR, &one, length) == 0 else {
      return .failure(SystemError())
    }
    // Each connection inherits them, before its client can send.
    var size = limits.socketBufferBytes
    guard setsockopt(descriptor.number, SOL_SOCKET, SO_RCVBUF, &size, length) == 0,
      setsockopt(descriptor.number, SOL_SOCKET, SO_SNDBUF, &size, length) == 0
    else { return .failure(SystemError()) }
    // The kernel keeps as many connections that are not accepted yet; SOMAXCONN is its usual maximum.
    guard bind(descriptor.number, address.ai_addr, address.ai_addrlen) == 0,
      Glibc.listen(descriptor.number, SOMAXCONN) == 0
    else { return .failure(SystemError()) }
    return .success(descriptor)
  }

  private static func port(of descriptor: Descriptor) -> UInt16? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let status = withUnsafeMutablePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor.number, $0, &length) }
    }
    guard status == 0 else { return nil }
    // The port is at the same place for both families.
    return withUnsafePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { UInt16(bigEndian: $0.pointee.sin_port) }
    }
  }

  func accept() -> Accepted {
    while true {
      do throws(Errno) { return .connection(try descriptor.accept()) } catch {
        switch error.number {
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
        // One that its client has given up already, and errors of its network that Linux reports here (accept(2)).
        case ECONNABORTED, EINTR, EPROTO, ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH, ENONET, EOPNOTSUPP: continue
        default: return .none
        }
      }
    }
  }
}
