import Glibc

/// The peer of a connection: an IPv4 address, or the network half of an IPv6 address, because one host has all of the
/// rest.
struct HTTPPeer: Sendable, Hashable {
  private let network: [UInt8]

  init(network: [UInt8]) { self.network = network }

  /// The other end of a connected socket. All sockets without an address that is known count as one peer.
  init(of descriptor: Int32) {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let status = withUnsafeMutablePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) }
    }
    guard status == 0 else {
      self.init(network: [])
      return
    }
    self.init(storage)
  }

  init(_ storage: sockaddr_storage) {
    var storage = storage
    switch Int32(storage.ss_family) {
    case AF_INET:
      self.init(
        network: withUnsafeMutablePointer(to: &storage) {
          $0.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
            withUnsafeBytes(of: address.pointee.sin_addr) { Array($0) }
          }
        })
    case AF_INET6:
      let bytes = withUnsafeMutablePointer(to: &storage) {
        $0.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
          withUnsafeBytes(of: address.pointee.sin6_addr) { Array($0) }
        }
      }
      // An IPv4 address as a socket for both shows it: ::ffff:a.b.c.d.
      let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10..<12].allSatisfy { $0 == 0xff }
      self.init(network: Array(isMapped ? bytes.suffix(4) : bytes.prefix(8)))
    default: self.init(network: [])
    }
  }
}
