import Foundation
import TestSupport
import Testing

@testable import HostInventory

/// What the safety scan sees without reading a function.
@Suite struct FunctionFingerprintTests {
  private static let function = "sys/bus/pci/devices/0000:01:02.0"

  private func changes(_ change: (MachineTree) throws -> Void) throws -> Set<PCIAddress> {
    let machine = try MachineTree(named: "h6")
    let (inventory, _) = machine.read()
    let before = FunctionFingerprints(of: inventory, from: machine.root)
    try change(machine)
    return FunctionFingerprints(of: inventory, from: machine.root).changed(since: before)
  }

  @Test func anIdleHostHasNone() throws {
    #expect(try changes { _ in } == [])
  }

  @Test func anotherDriver() throws {
    let found = try changes { machine in
      let driver = machine.place("\(Self.function)/driver")
      try FileManager.default.removeItem(atPath: driver)
      let other = machine.place("sys/bus/pci/drivers/vfio-pci")
      try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(atPath: driver, withDestinationPath: other)
    }
    #expect(found.map(\.description) == ["0000:01:02.0"])
  }

  @Test func aChildThatCame() throws {
    let found = try changes { machine in
      try FileManager.default.createDirectory(
        atPath: machine.place("\(Self.function)/infiniband"), withIntermediateDirectories: false)
    }
    #expect(found.map(\.description) == ["0000:01:02.0"])
  }

  @Test func aFunctionThatWent() throws {
    let found = try changes { machine in
      try FileManager.default.removeItem(atPath: machine.place(Self.function))
    }
    #expect(found.map(\.description) == ["0000:01:02.0"])
  }

  @Test func aFunctionThatCame() throws {
    let machine = try MachineTree(named: "h6")
    let (inventory, _) = machine.read()
    let before = FunctionFingerprints(of: inventory, from: machine.root)
    try FileManager.default.createDirectory(
      atPath: machine.place("sys/bus/pci/devices/0000:7f:00.0"), withIntermediateDirectories: false)
    let after = FunctionFingerprints(of: inventory, from: machine.root)
    #expect(after != before && after.changed(since: before) == [])
    #expect(after == FunctionFingerprints(of: inventory, from: machine.root))
  }

  /// Nothing of a function is read when nothing changed, however many there are.
  @Test func followingNothingReadsNoFunction() throws {
    let machine = try MachineTree(named: "h6")
    let (inventory, _) = machine.read()
    let log = AccessLog()
    let reader = InventoryReader(root: machine.root, kernel: machine.kernel, log: log)
    #expect(inventory.following([], since: machine.kernel, by: reader) == inventory)
    #expect(log.counts.keys.filter { $0.kind == .file && $0.path.contains("/0000:") }.map(\.path) == [])
  }
}
