import Foundation
import TestSupport
import Testing

@testable import HostInventory

/// libpci ends the process when it is not content; here it must not.
@Suite(.serialized) struct PCIScanTests {
  private func scan(_ machine: MachineTree) -> ([String]?, [InventoryProblem]) {
    let reader = InventoryReader(root: machine.root, kernel: .none)
    return (PCIScan.addresses(by: reader)?.map(\.description), reader.problems)
  }

  @Test func addressesComeInOrder() throws {
    let (addresses, problems) = scan(try MachineTree(named: "vmd-x710"))
    #expect(addresses == ["10000:e1:00.0", "10000:e1:02.0", "10000:e1:02.1", "10000:e2:00.0"])
    #expect(problems == [])
  }

  @Test func aNameThatIsNoAddressCostsOnlyItself() throws {
    let machine = try MachineTree(named: "h6")
    for name in ["zz", "0000:01", "80000000:00:00.0", "0000:100:00.0", "0000:01:20.0"] {
      try FileManager.default.createDirectory(
        atPath: machine.place("sys/bus/pci/devices/\(name)"), withIntermediateDirectories: true)
    }
    let (addresses, problems) = scan(machine)
    #expect(addresses?.count == 9)
    #expect(addresses?.last == "80000000:00:00.0")
    #expect(
      problems.map(\.path).sorted()
        == ["0000:01", "0000:01:20.0", "0000:100:00.0", "zz"].map {
          "/sys/bus/pci/devices/\($0)"
        })
  }

  @Test func aListingThatIsNoDirectoryMakesLibpciGiveUp() throws {
    let (addresses, problems) = scan(try MachineTree(text: "machine m\nfile sys/bus/pci/devices x\n"))
    #expect(addresses == [])
    #expect(problems.map(\.path) == ["/sys/bus/pci/devices", "/sys/bus/pci/devices"])
    #expect(problems.first?.reason.hasPrefix("libpci gave up: ") == true)
    #expect(problems.last?.reason == "open: Not a directory")
  }

  @Test func noDescriptorIsLeftOpen() throws {
    let machines = [
      try MachineTree(named: "broken-entries"), try MachineTree(named: "connectx6-switchdev-infiniband"),
      try MachineTree(text: "machine m\nfile sys/bus/pci/devices x\n"), try MachineTree(text: "machine m\n"),
    ]
    let mine = { (entry: String) -> Bool in
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(entry)")
      return machines.contains { target?.hasPrefix($0.place("")) == true }
    }
    for machine in machines { _ = machine.read() }
    #expect(try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter(mine) == [])
  }

  @Test func scansFromManyThreadsTakeTurns() async throws {
    let machine = try MachineTree(named: "h6")
    await withTaskGroup(of: Int.self) { group in
      for _ in 0..<32 { group.addTask { machine.read().0.devices.count } }
      for await count in group { #expect(count == 8) }
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/share/misc/pci.ids"), "pci.ids is not installed"))
  func namesOfVendorsAndProducts() {
    let names = PCINames()
    #expect(names.vendor(0x8086) == "Intel Corporation")
    #expect(names.product(0x154c, of: 0x8086)?.contains("Virtual Function") == true)
    #expect(names.vendor(0xfffc) == nil)
    #expect(names.product(0xfffe, of: 0x8086) == nil)
  }
}
