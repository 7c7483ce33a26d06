import Foundation
import HostInventory
import TestSupport
import Testing

/// Another process keeps the lock on kubelet's socket directory: nobody waits for it.
@Suite(
  "A locked socket directory", .enabled(if: ProductProgram.obstacle == nil, "\(ProductProgram.obstacle ?? "")"),
  .timeLimit(.minutes(1)))
struct LockedDirectoryTests {
  private static let pools = 20

  private struct Node {
    let directory: TemporaryDirectory
    let machine: MachineTree
    var sockets: String { directory["kubelet/plugins_registry"] }
    var log: String { (try? String(contentsOfFile: directory["log"], encoding: .utf8)) ?? "" }

    /// An accelerator for each pool, told apart by its product.
    init() throws {
      directory = try TemporaryDirectory()
      var lines = ["machine \(pools) accelerators"]
      var entries: [String] = []
      for number in 0..<pools {
        let product = String(0x1000 + number, radix: 16)
        let address = "0000:\(number + 10):00.0"
        lines += [
          "link sys/bus/pci/devices/\(address) -> ../../../devices/pci0000:00/\(address)",
          "link sys/devices/pci0000:00/\(address)/driver -> ../../../bus/pci/drivers/accelerator",
          "file sys/devices/pci0000:00/\(address)/modalias "
            + "pci:v00001234d0000\(product)sv00000000sd00000000bc12sc00i00",
        ]
        entries.append(
          #"{"resourceName":"p\#(number)","deviceType":"accelerator","selectors":{"devices":["\#(product)"]}}"#)
      }
      machine = try MachineTree(text: lines.joined(separator: "\n") + "\n")
      for name in ["kubelet/device-plugins", "kubelet/plugins_registry"] {
        try FileManager.default.createDirectory(atPath: directory[name], withIntermediateDirectories: true)
      }
      try #"{"resourceList":[\#(entries.joined(separator: ","))]}"#.write(
        toFile: directory["config.json"], atomically: true, encoding: .utf8)
    }

    func start() throws -> ChildProcess {
      try ChildProcess(
        [
          ProductProgram.path, "-config-file", directory["config.json"], "-kubelet-dir", directory["kubelet"],
          "-host-root", machine.root.path, "-registration", "watcher", "-listen", "0",
        ], output: directory["log"])
    }

    var socketCount: Int {
      let names = try? FileManager.default.contentsOfDirectory(atPath: sockets)
      return (names ?? []).filter { $0.hasSuffix(".sock") || $0.hasSuffix(".soc") }.count
    }

    /// Where the status pages are, once the log says it.
    var port: UInt16? {
      log.firstMatch(of: #/"status pages are served" port="(\d+)"/#).flatMap { UInt16($0.output.1) }
    }
  }

  /// The first line of the answer; nil when there is none within two seconds.
  private func status(of page: String, port: UInt16) -> String? {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var limit = timeval(tv_sec: 2, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isConnected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, size) == 0 }
    }
    let request = Array("GET \(page) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
    guard isConnected, write(socket, request, request.count) == request.count else { return nil }
    var answer = [UInt8](repeating: 0, count: 64)
    let count = read(socket, &answer, answer.count)
    return count > 0 ? String(decoding: answer.prefix(count).prefix { $0 != 13 }, as: UTF8.self) : nil
  }

  /// Locked before the pools open, or while they are served.
  @Test(arguments: [true, false]) func twentyPoolsHoldUpNothing(_ fromTheStart: Bool) async throws {
    let node = try Node()
    let lock = open(node.sockets, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { close(lock) }
    if fromTheStart { #expect(flock(lock, LOCK_EX) == 0) }
    let daemon = try node.start()
    #expect(await eventually { node.port != nil })
    let port = try #require(node.port)
    if fromTheStart {
      #expect(await eventually { node.log.contains("another process holds a lock") })
    } else {
      #expect(await eventually { node.socketCount == Self.pools })
      #expect(flock(lock, LOCK_EX) == 0)
    }
    let end = ContinuousClock.now + .seconds(3)
    var asked = 0
    while ContinuousClock.now < end {
      #expect(status(of: "/healthz", port: port) == "HTTP/1.1 200 OK")
      asked += 1
    }
    #expect(asked > 10)
    let began = ContinuousClock.now
    kill(daemon.id, SIGTERM)
    #expect(daemon.wait() == 0)
    #expect(ContinuousClock.now - began < .seconds(1))
    #expect(node.socketCount == 0)
  }

  @Test func poolsOpenOnceTheLockIsGone() async throws {
    let node = try Node()
    let lock = open(node.sockets, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    #expect(flock(lock, LOCK_EX) == 0)
    let daemon = try node.start()
    #expect(await eventually { node.log.contains("another process holds a lock") })
    #expect(node.socketCount == 0)
    close(lock)
    #expect(await eventually(within: .seconds(20)) { node.socketCount == Self.pools })
    kill(daemon.id, SIGTERM)
    #expect(daemon.wait() == 0)
  }
}
