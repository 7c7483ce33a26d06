import Glibc
import Testing

@testable import Observability

@Suite("Who gives way") struct HTTPLimitsTests {
  private let limits: HTTPLimits = {
    var limits = HTTPLimits()
    limits.connections = 4
    limits.connectionsPerPeer = 3
    return limits
  }()
  private let one = HTTPPeer(network: [1])
  private let two = HTTPPeer(network: [2])
  private let three = HTTPPeer(network: [3])

  @Test func nobodyWhileThereIsRoom() {
    #expect(limits.displaced(by: one, among: []) == nil)
    #expect(limits.displaced(by: one, among: [two, two, two]) == nil)
  }

  @Test func thePeersOwnOldestAtItsLimit() {
    #expect(limits.displaced(by: one, among: [two, one, one, one]) == 1)
  }

  @Test func theOldestOfTheLargestPeerWhenAllAreTaken() {
    #expect(limits.displaced(by: three, among: [two, one, one, one]) == 1)
    #expect(limits.displaced(by: three, among: [two, one, two, one]) == 0)
  }

  @Test func thoseThatHaveTheirAnswerGoFirst() {
    #expect(limits.displaced(by: one, among: [one, one, one], answered: [1]) == 1)
    #expect(limits.displaced(by: three, among: [two, one, two, one], answered: [1]) == 1)
    #expect(limits.displaced(by: three, among: [two, one, one, one], answered: [0]) == 1)
  }

  @Test func peersAreAddressesAndNetworks() {
    func v6(_ text: String) -> HTTPPeer {
      var storage = sockaddr_storage()
      withUnsafeMutablePointer(to: &storage) {
        $0.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
          $0.pointee.sin6_family = sa_family_t(AF_INET6)
          inet_pton(AF_INET6, text, &$0.pointee.sin6_addr)
        }
      }
      return HTTPPeer(storage)
    }
    func v4(_ text: String) -> HTTPPeer {
      var storage = sockaddr_storage()
      withUnsafeMutablePointer(to: &storage) {
        $0.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
          $0.pointee.sin_family = sa_family_t(AF_INET)
          inet_pton(AF_INET, text, &$0.pointee.sin_addr)
        }
      }
      return HTTPPeer(storage)
    }
    #expect(v6("2001:db8::1") == v6("2001:db8::ffff:1"))
    #expect(v6("2001:db8::1") != v6("2001:db8:0:1::1"))
    #expect(v4("192.0.2.1") != v4("192.0.2.2"))
    #expect(v6("::ffff:192.0.2.1") == v4("192.0.2.1"))
  }
}
