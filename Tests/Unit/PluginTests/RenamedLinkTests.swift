import Foundation
import HostInventory
import ResourcePools
import Synchronization
import TestSupport
import Testing

@testable import Agent

/// Netlink is asked before the files are read; what happens to a link in between must not cost a device its place.
@Suite("A link renamed during a scan", .timeLimit(.minutes(1))) struct RenamedLinkTests {
  private static let first = "sys/devices/pci0000:00/0000:01:00.0"
  private static let second = "sys/devices/pci0000:00/0000:01:00.1"
  private let machine: MachineTree
  private let reader: HostReader

  /// Two ports; the loopback, which every network namespace has, plays the first one's netdev.
  init() throws {
    machine = try MachineTree(
      text: "machine two ports"
        + [Self.first, Self.second].map { place in
          """

          link sys/bus/pci/devices/\(place.suffix(12)) -> ../../../devices/pci0000:00/\(place.suffix(12))
          file \(place)/modalias pci:v00008086d00001592sv00008086sd00000002bc02sc00i00
          file \(place)/numa_node 0
          """
        }.joined() + "\ndir \(Self.first)/net/lo\n")
    var options = Options(configFiles: [])
    options.hostRoot = machine.root.path
    reader = HostReader(try Host(options))
  }

  /// With profiles to select by the whole host is read each time.
  private func config(ddpProfile: String? = nil) throws -> PluginConfig {
    let profiles = ddpProfile.map { #", "ddpProfiles": ["\#($0)"]"# } ?? ""
    let text = #"{"resourceList": [{"resourceName": "ports", "selectors": {"vendors": ["8086"]\#(profiles)}}]}"#
    let (config, problems) = PluginConfig.decode(
      Array(text.utf8), file: "c",
      defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: true, node: .any))
    return try #require(config, "\(problems)")
  }

  private func name(_ old: String, _ new: String) throws {
    try FileManager.default.moveItem(
      atPath: machine.place("\(Self.first)/net/\(old)"), toPath: machine.place("\(Self.first)/net/\(new)"))
  }

  private static let both: Set<PCIAddress> = Set(
    (0..<2).map { PCIAddress(domain: 0, bus: 1, device: 0, function: $0) })

  @Test(arguments: [NodeChanges.Scope.everything, .functions(both)], [nil, "profile"])
  func itIsAskedForAgain(_ scope: NodeChanges.Scope, ddpProfile: String?) async throws {
    let config = try config(ddpProfile: ddpProfile)
    let (known, _) = await reader.readAll(RequiredFacts(config), for: config, unifiedBus: nil)
    #expect(known.inventory["0000:01:00.0"]?.defect == nil)
    try name("lo", "ghost0")
    // A file that is read only when somebody writes: so the scan is held where the test wants it.
    let gates = try [Self.first, Self.second].map { try Gate(machine.place("\($0)/numa_node")) }
    Thread.detachNewThread { [self] in
      gates[0].open()
      gates[1].open { try? name("ghost0", "lo") }
      for gate in gates { gate.stayOpen() }
    }
    let view = await reader.read(scope, since: known, for: config, unifiedBus: nil, late: {}).view
    for gate in gates { gate.close() }
    #expect(view.inventory["0000:01:00.0"]?.defect == nil)
  }

  @Test func oneThatStaysAwayIsNotOffered() async throws {
    let config = try config()
    let (known, _) = await reader.readAll(RequiredFacts(config), for: config, unifiedBus: nil)
    try name("lo", "ghost0")
    let view = await reader.read(.everything, since: known, for: config, unifiedBus: nil, late: {}).view
    #expect(view.inventory["0000:01:00.0"]?.defect == "its link ghost0 is not in this network namespace")
  }
}

/// A named pipe in the place of a file of sysfs.
private final class Gate: Sendable {
  private let path: String
  private let isClosed = Atomic(false)

  init(_ path: String) throws {
    self.path = path
    // A reader that goes before it is written to must not end the tests, as it doesn't end the daemon.
    signal(SIGPIPE, SIG_IGN)
    try FileManager.default.removeItem(atPath: path)
    try #require(mkfifo(path, 0o644) == 0)
  }

  /// Waits for a reader, and lets it go on once `before` is done.
  func open(_ before: () -> Void = {}) {
    let pipe = Glibc.open(path, O_WRONLY | O_CLOEXEC)
    before()
    _ = write(pipe, "0\n", 2)
    Glibc.close(pipe)
  }

  /// Lets every later reader go on.
  func stayOpen() {
    Thread.detachNewThread { [self] in
      while !isClosed.load(ordering: .acquiring) {
        let pipe = Glibc.open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK)
        if pipe >= 0 {
          _ = write(pipe, "0\n", 2)
          Glibc.close(pipe)
        }
        usleep(2000)
      }
    }
  }

  func close() { isClosed.store(true, ordering: .releasing) }
}
