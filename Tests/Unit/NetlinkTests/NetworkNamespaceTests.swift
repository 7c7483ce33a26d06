import Foundation
import Linux
import TestSupport
import Testing

@testable import Netlink

@Suite struct NetworkNamespaceTests {
  @Test func `a process's namespace has the inode that its link shows`() throws {
    let own = try NetworkNamespace(path: "/proc/self/ns/net")
    let byProcess = try NetworkNamespace(process: getpid(), proc: "/proc")
    let (identity, other) = (own.identity, byProcess.identity)
    #expect(identity == other)
    let link = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/net")
    #expect(link == "net:[\(own.identity.inode)]")
  }

  @Test func `the descriptor is not inherited by programs that are started`() throws {
    let own = try NetworkNamespace(path: "/proc/self/ns/net")
    let flags = fcntl(own.descriptor, F_GETFD)
    #expect(flags & FD_CLOEXEC != 0)
  }

  @Test func `another namespace is another`() async throws {
    guard OwnNamespace.obstacle == nil else { return }
    let own = try NetworkNamespace(path: "/proc/self/ns/net").identity
    let other = try await OwnNamespace.run { try NetworkNamespace(path: "/proc/thread-self/ns/net").identity }
    #expect(own != other)
  }

  @Test func `a plain file is none, as a bind mount that is not seen here`() throws {
    let directory = try TemporaryDirectory()
    let path = directory["cni-1234"]
    try Data().write(to: URL(fileURLWithPath: path))
    expectFailure(path, .notANetworkNamespace(path: path, found: "a file that is no namespace"))
  }

  @Test func `another kind of namespace is none`() {
    let path = "/proc/self/ns/uts"
    expectFailure(path, .notANetworkNamespace(path: path, found: "a namespace of kind 0x4000000"))
  }

  @Test(.timeLimit(.minutes(1))) func `a FIFO does not hang it`() throws {
    let directory = try TemporaryDirectory()
    #expect(mkfifo(directory["fifo"], 0o600) == 0)
    expectFailure(
      directory["fifo"], .notANetworkNamespace(path: directory["fifo"], found: "a file that is no namespace"))
  }

  @Test func `a process that is gone`() {
    let path = "/nowhere/1/ns/net"
    expectFailure(path, .failed(call: "open the network namespace \(path)", Errno(ENOENT)))
  }

  private func expectFailure(_ path: String, _ expected: NetlinkError, _ location: SourceLocation = #_sourceLocation) {
    do throws(NetlinkError) {
      _ = try NetworkNamespace(path: path)
      Issue.record("\(path) was taken for a network namespace", sourceLocation: location)
    } catch {
      #expect(error == expected, sourceLocation: location)
    }
  }
}
