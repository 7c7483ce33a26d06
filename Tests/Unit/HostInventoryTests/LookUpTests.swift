import Foundation
import TestSupport
import Testing

@testable import HostInventory

/// What is found by its place in an order.
@Suite struct LookUpTests {
  private static let names = ["0000:3b:00.0", "0000:3b:02.1", "0000:ff:1f.7", "10000:00:00.0", "10000e:01:00.0"]

  private static func devices() -> [Device] {
    let functions = names.compactMap { name in PCIAddress(name).map { Device(id: name, bus: .pci($0)) } }
    let parent = PCIAddress(domain: 0, bus: 0x3b, device: 0, function: 0)
    let auxiliary = ["mlx5_core.sf.10", "mlx5_core.sf.4"].map { name in
      Device(
        id: name,
        bus: .auxiliary(AuxiliaryDevice(name: name, type: "sf", subfunctionNumber: nil, parent: parent)))
    }
    let unified = ["bonding_dev_0", "urma_1"].map { Device(id: $0, bus: .unifiedBus) }
    return functions + auxiliary + unified
  }

  @Test func everyDeviceIsFoundWhateverTheOrderItCameIn() {
    let devices = Self.devices()
    #expect(devices.count == 9)
    for given in [devices, devices.reversed(), Array(devices[4...] + devices[..<4])] {
      let inventory = Inventory(devices: given, nodes: HostNodes(present: []))
      #expect(inventory.devices.map(\.id) == devices.map(\.id))
      for device in devices { #expect(inventory[device.id]?.id == device.id) }
    }
  }

  @Test(arguments: ["", "0000:3b:00.1", "0000:00:00.0", "ffff:00:00.0", "mlx5_core.sf.5", "a", "urma_2", "zzz"])
  func whatIsNotThereIsNotFound(id: String) {
    #expect(Inventory(devices: Self.devices(), nodes: HostNodes(present: []))[id] == nil)
    #expect(Inventory(devices: [], nodes: HostNodes(present: []))[id] == nil)
  }

  @Test func ofTwoDevicesWithOneNameTheFirstCounts() throws {
    var first = try #require(Self.devices().first)
    first.driver = "ice"
    var second = first
    second.driver = "vfio-pci"
    let inventory = Inventory(devices: [first, second], nodes: HostNodes(present: []))
    #expect(inventory.devices.count == 1)
    #expect(inventory[first.id]?.driver == "ice")
  }

  /// From one byte to the longest that a file system takes.
  @Test func namesOfEveryLengthAreRead() throws {
    let temporary = try TemporaryDirectory()
    let names = (1...255).map { String(repeating: "n", count: $0 - 1) + "x" }
    for name in names {
      #expect(FileManager.default.createFile(atPath: "\(temporary.path)/\(name)", contents: nil))
    }
    let directory = try SysfsDirectory(temporary.path, in: HostRoot("/"))
    #expect(try directory.names() == names.sorted())
  }
}
