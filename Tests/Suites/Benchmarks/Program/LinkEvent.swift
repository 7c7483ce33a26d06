import Glibc

/// A netdev that comes into the private network namespace; the kernel tells all who listen there.
struct LinkEvent {
  private let descriptor: Int32

  init() throws(BenchmarkError) {
    descriptor = open("/dev/net/tun", O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("open /dev/net/tun") }
    // struct ifreq: 16 bytes of name, then the flags IFF_TAP | IFF_NO_PI.
    var request = [UInt8](repeating: 0, count: 40)
    request.replaceSubrange(0..<5, with: Array("event".utf8))
    request[16] = 0x02
    request[17] = 0x10
    let setInterface = UInt(0x4004_54ca)
    guard ioctl(descriptor, setInterface, &request) == 0 else { throw .system("TUNSETIFF") }
  }

  /// The netdev goes with its descriptor.
  func end() { close(descriptor) }
}
