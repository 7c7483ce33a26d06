import Dispatch
import Foundation
import HostInventory
import Netlink
import ResourcePools
import Synchronization
import TestSupport
import Testing

@testable import Agent

/// A driver that resets its port keeps the kernel's lock of all links for seconds: no scan waits for that.
@Suite("Netlink that answers late", .timeLimit(.minutes(2))) struct LateNetlinkTests {
  private static let device = "0000:b8:00.0"
  private let machine: MachineTree
  private let reader: HostReader
  private let thread: NetlinkThread
  private let config: PluginConfig

  init() throws {
    machine = try MachineTree(named: "rebellions-atom")
    var options = Options(configFiles: [])
    options.hostRoot = machine.root.path
    reader = HostReader(try Host(options), firstPatience: .seconds(1))
    thread = try #require(reader.netlink)
    let (config, problems) = PluginConfig.decode(
      Array(RunningPlugin.npus.utf8), file: "c",
      defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: true, node: .any))
    self.config = try #require(config, "\(problems)")
  }

  /// The host with a link that it does not have, by which old facts are known.
  private func known() async -> HostSnapshot {
    let (view, _) = await reader.readAll(RequiredFacts(config), for: config, unifiedBus: nil)
    var facts = view.kernel
    facts.links = ["old": KernelFacts.Link(index: 1, type: "ether", isUp: true, hasCarrier: true)]
    return HostSnapshot(root: view.root, kernel: facts, inventory: view.inventory)
  }

  private func scan(since known: HostSnapshot, _ late: Tally) async -> HostSnapshot {
    await reader.read(.everything, since: known, for: config, unifiedBus: nil, late: { late.add() }).view
  }

  @Test func aScanSeesSysfsAsItIsAndTheLinksAsTheyWere() async throws {
    let late = Tally()
    let known = await known()
    #expect(known.inventory.devices.contains { $0.id == Self.device })
    let hold = await Hold(of: thread)
    try FileManager.default.removeItem(atPath: machine.place("sys/bus/pci/devices/\(Self.device)"))
    let view = await scan(since: known, late)
    #expect(!view.inventory.devices.contains { $0.id == Self.device })
    #expect(view.kernel.links == known.kernel.links)
    #expect(hold.isOn && late.count == 0, "it came back before netlink did")
    hold.end()
    #expect(await eventually { late.count == 1 }, "the host is to be read again")
    #expect(await eventually { await scan(since: view, late).kernel.links?["old"] == nil })
  }

  /// Each has to be followed by a scan with the facts that it missed.
  @Test func everyScanOfTheMeantimeIsToldOfTheAnswer() async {
    let late = Tally()
    let known = await known()
    let hold = await Hold(of: thread)
    for _ in 0..<3 { #expect(await scan(since: known, late).kernel.links == known.kernel.links) }
    #expect(hold.isOn && late.count == 0)
    hold.end()
    #expect(await eventually { late.count == 3 })
  }

  /// There are no older facts yet: what sysfs shows is offered, and the log says why links are missing.
  @Test func theFirstScanDoesNotWaitForever() async {
    let late = Tally()
    let hold = await Hold(of: thread)
    let (view, problems) = await reader.read(
      .everything, since: nil, for: config, unifiedBus: nil, late: { late.add() })
    #expect(hold.isOn && late.count == 0)
    #expect(view.inventory.devices.contains { $0.id == Self.device })
    #expect(view.kernel.links == nil)
    #expect(problems.contains { $0.path == "netlink" && $0.reason.contains("no answer for") }, "\(problems)")
    hold.end()
    #expect(await eventually { late.count == 1 })
  }

  @Test func aLookAtLinksAloneIsPutOff() async {
    let late = Tally()
    let known = await known()
    let hold = await Hold(of: thread)
    #expect(await reader.readLinks(known, late: { late.add() }) == nil)
    #expect(hold.isOn && late.count == 0)
    hold.end()
    #expect(await eventually { late.count == 1 })
    let isFresh = await eventually {
      await reader.readLinks(known, late: { late.add() }).map { $0.kernel.links?["old"] == nil } ?? false
    }
    #expect(isFresh)
  }
}

/// Keeps the netlink thread from its other questions, until it is ended; for half a minute if nobody ends it.
private final class Hold: Sendable {
  private let over = DispatchSemaphore(value: 0)
  private let state = Atomic(false)

  var isOn: Bool { state.load(ordering: .acquiring) }

  init(of thread: NetlinkThread) async {
    Task {
      await thread.run {
        self.state.store(true, ordering: .releasing)
        _ = self.over.wait(timeout: .now() + 30)
        self.state.store(false, ordering: .releasing)
      }
    }
    _ = await eventually { self.isOn }
  }

  func end() { over.signal() }
}

private final class Tally: Sendable {
  private let value = Atomic(0)

  var count: Int { value.load(ordering: .acquiring) }

  func add() { value.add(1, ordering: .acquiringAndReleasing) }
}
