import Glibc
import Linux
import TestSupport
import Testing

@testable import GRPC

@Suite struct PeerTests {
  @Test func rootAndTheOwnerMayConnectAndNobodyElse() {
    let policy = PeerPolicy(owner: 1000)
    #expect(policy.admits(user: 0))
    #expect(policy.admits(user: 1000))
    #expect(!policy.admits(user: 1001))
    #expect(!policy.admits(user: 65534))
    #expect(!PeerPolicy(owner: 0).admits(user: 1))
  }

  @Test func theKernelSaysWhoThePeerIs() throws {
    var pair: [Int32] = [-1, -1]
    #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
    let near = try #require(Descriptor(pair[0]))
    let far = try #require(Descriptor(pair[1]))
    #expect(PeerPolicy(owner: geteuid()).objection(to: near) == nil)
    withExtendedLifetime(far) {}
    let pipe = try #require(Descriptor(open("/dev/null", O_RDONLY)))
    let objection = PeerPolicy(owner: geteuid()).objection(to: pipe)
    #expect(objection == "the kernel does not report the peer's user: Socket operation on non-socket")
  }
}
