import TestSupport
import Testing

@testable import HostInventory

@Suite("Sources of devices") struct DeviceSourceTests {
  /// Else the check at Allocate would read a device twice, or never.
  @Test(arguments: try MachineTree.names)
  func eachDeviceHasOneSource(_ name: String) throws {
    let machine = try MachineTree(named: name)
    let reader = InventoryReader(root: machine.root, kernel: machine.kernel)
    for source in DeviceSources.all {
      for device in source.readAll(by: reader) {
        let readers = DeviceSources.all.filter { $0.reads(device, by: reader) }
        #expect(readers.count == 1 && type(of: readers[0]) == type(of: source), "\(device.id)")
      }
    }
  }

  private struct Event: Sendable {
    let subsystem: String
    let path: String
    let scope: InventoryScope?
  }

  private static let events: [Event] = [
    Event(
      subsystem: "pci", path: "/devices/pci0000:00/0000:00:01.0/0000:01:02.5", scope: .functions(of("0000:01:02.5"))),
    Event(subsystem: "net", path: "/devices/pci0000:00/0000:01:02.5/net/p", scope: .functions(of("0000:01:02.5"))),
    Event(subsystem: "net", path: "/devices/virtual/net/veth1", scope: InventoryScope.none),
    Event(subsystem: "misc", path: "/devices/virtual/misc/vhost-net", scope: InventoryScope.none),
    Event(subsystem: "ubcore", path: "/devices/ub/udma1", scope: InventoryScope.none),
    Event(subsystem: "infiniband", path: "/devices/virtual/infiniband/rxe0", scope: .everything),
    Event(subsystem: "block", path: "/devices/pci0000:00/0000:01:02.5/nvme0", scope: nil),
  ]

  @Test func eventsAreOfTheSources() {
    for event in Self.events {
      #expect(
        DeviceSources.scope(ofEventsIn: event.subsystem, about: event.path) == event.scope, "\(event.subsystem)")
    }
  }

  private static func of(_ address: String) -> Set<PCIAddress> { Set([PCIAddress(address)].compactMap(\.self)) }
}
