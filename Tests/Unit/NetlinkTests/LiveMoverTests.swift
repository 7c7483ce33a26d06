import Foundation
import TestSupport
import Testing

@testable import Netlink

private let obstacle = OwnNamespace.obstacle ?? UBCorePeer.obstacle
/// Set in the environment of the child that runs `PreloadedTests`.
private let preloadedMarker = "DEVICEPOOL_TEST_PRELOADED"

/// Moves over real generic netlink sockets and into real namespaces; a process of the tests answers for the kernel.
@Suite(.enabled(if: obstacle == nil, "\(obstacle ?? "")"))
struct LiveMoverTests {
  private static let port: UInt32 = 0x5555
  private static let home = "/proc/thread-self/ns/net"

  /// What the peer did, and how it ended, when the devices are moved from one new namespace to another.
  private struct Scene: Sendable {
    var deeds: [String] = []
    var error: MoveError?
    var home: UInt64 = 0
    var pod: UInt64 = 0
  }

  private func play(
    _ words: [String], moving devices: [String], limit: Duration = .seconds(5), twice: Bool = false
  ) async throws -> Scene {
    try await OwnNamespace.run {
      let peer = try UBCorePeer(port: Self.port, words)
      let home = try NetworkNamespace(path: Self.home)
      return try OwnNamespace.withAnother { thread in
        let pod = try NetworkNamespace(process: thread, proc: "/proc")
        var scene = Scene(home: home.identity.inode, pod: pod.identity.inode)
        let socket = try KernelSocket(.generic)
        socket.redirect(to: Self.port)
        do throws(MoveError) {
          let mover = NamespaceMover(socket, limit: limit)
          try mover.move(devices, to: pod, home: home, before: .now + .seconds(10))
          if twice { try mover.move(devices, to: pod, home: home, before: .now + .seconds(10)) }
        } catch {
          scene.error = error
        }
        // A deed is written before it is answered; one that is not answered has to be waited for.
        let deadline = ContinuousClock.now + .seconds(10)
        while scene.error?.cause == .timedOut, peer.deeds.count < 2, ContinuousClock.now < deadline { usleep(2000) }
        scene.deeds = peer.deeds
        return scene
      }
    }
  }

  @Test func `devices move in the order given`() async throws {
    let scene = try await play(["udma1", "udma31", "bonding_dev_1"], moving: ["udma1", "udma31", "bonding_dev_1"])
    #expect(scene.error == nil)
    #expect(
      scene.deeds == ["move udma1 \(scene.pod)", "move udma31 \(scene.pod)", "move bonding_dev_1 \(scene.pod)"])
  }

  @Test func `a second move changes nothing`() async throws {
    let scene = try await play(["udma1"], moving: ["udma1"], twice: true)
    #expect(scene.error == nil)
    #expect(scene.deeds == ["move udma1 \(scene.pod)", "stay udma1 \(scene.pod)"])
  }

  @Test func `a failure half-way brings the others home`() async throws {
    let scene = try await play(["udma1", "udma2", "busy=udma3"], moving: ["udma1", "udma2", "udma3"])
    #expect(scene.error == MoveError(device: "udma3", cause: .busy))
    #expect(
      scene.deeds == [
        "move udma1 \(scene.pod)", "move udma2 \(scene.pod)", "refuse udma3 16",
        "move udma2 \(scene.home)", "move udma1 \(scene.home)",
      ])
  }

  @Test func `an unknown device`() async throws {
    let scene = try await play(["udma1"], moving: ["udma9"])
    #expect(scene.error == MoveError(device: "udma9", cause: .unknownDevice))
  }

  @Test func `shared mode`() async throws {
    let scene = try await play(["shared", "udma1"], moving: ["udma1"])
    #expect(scene.error == MoveError(device: "udma1", cause: .sharedMode))
    #expect(scene.deeds == ["refuse udma1 1"])
  }

  @Test func `no family`() async throws {
    let scene = try await play(["absent", "udma1"], moving: ["udma1"])
    #expect(scene.error == MoveError(device: "udma1", cause: .familyAbsent))
  }

  @Test func `no answer`() async throws {
    let scene = try await play(["mute=udma1"], moving: ["udma1"], limit: .milliseconds(100))
    #expect(scene.error == MoveError(device: "udma1", cause: .timedOut, stranded: ["udma1"]))
    #expect(scene.deeds == ["ignore udma1", "ignore udma1"])
  }

  @Test func `the kernel itself has no such family here`() async throws {
    let error = try await OwnNamespace.run { () -> MoveError? in
      let mover = try NamespaceMover.open(limit: .seconds(5))
      let home = try NetworkNamespace(path: Self.home)
      do throws(MoveError) {
        try mover.move(["udma1"], to: home, home: home, before: .now + .seconds(5))
        return nil
      } catch {
        return error
      }
    }
    #expect(error == MoveError(device: "udma1", cause: .familyAbsent))
  }

  /// The tests' own program again, with the preload and `PreloadedTests` alone: nothing in it knows of the peer.
  @Test func `a preloaded library can stand in for the kernel, the program unchanged`() async throws {
    let directory = try TemporaryDirectory()
    let (status, deeds, pod) = try await OwnNamespace.run {
      let peer = try UBCorePeer(port: Self.port, ["udma1"])
      var environment = peer.environment
      environment[preloadedMarker] = "1"
      let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
      let child = try ChildProcess(
        [program, "--testing-library", "swift-testing", "--filter", "PreloadedTests"], environment: environment,
        output: directory["log"])
      let status = child.wait()
      return (status, peer.deeds, try NetworkNamespace(path: Self.home).identity.inode)
    }
    let log = try String(contentsOfFile: directory["log"], encoding: .utf8)
    #expect(status == 0, "\(log)")
    #expect(deeds == ["stay udma1 \(pod)"], "\(log)")
  }
}

/// Run by the test above in a child of its own.
@Suite(.enabled(if: getenv(preloadedMarker) != nil, "runs in a child of LiveMoverTests"))
struct PreloadedTests {
  @Test func `a mover that knows nothing of peers`() throws {
    let here = try NetworkNamespace(path: "/proc/self/ns/net")
    try NamespaceMover.open(limit: .seconds(5)).move(["udma1"], to: here, home: here, before: .now + .seconds(5))
  }
}

extension KernelSocket {
  /// What libnl offers every program: another peer than the kernel.
  fileprivate func redirect(to port: UInt32) {
    guard let symbol = dlsym(nil, "nl_socket_set_peer_port") else { return }
    unsafeBitCast(symbol, to: (@convention(c) (OpaquePointer, UInt32) -> Void).self)(socket, port)
  }
}
