import Foundation
import TestSupport
import Testing

@testable import HostInventory

/// Discovery is linear in devices, with one read for each fact: counted, not timed.
@Suite struct ReadCountTests {
  /// PFs with 64 VFs each, in pairs of bus numbers.
  private func machine(pfs: Int) throws -> MachineTree {
    var lines = ["machine \(pfs) PFs with 64 VFs each"]
    var links = ""
    for pf in 0..<pfs {
      let bus = String(pf + 16, radix: 16)
      let root = "sys/devices/pci0000:\(bus)/0000:\(bus)"
      func function(_ address: String, _ product: String, _ net: String) {
        let path = "sys/devices/pci0000:\(bus)/\(address)"
        lines += [
          "link sys/bus/pci/devices/\(address) -> ../../../devices/pci0000:\(bus)/\(address)",
          "file \(path)/modalias pci:v00008086d0000\(product)sv00008086sd00000000bc02sc00i00",
          "file \(path)/numa_node 0", "link \(path)/driver -> ../../../bus/pci/drivers/iavf", "dir \(path)/net/\(net)",
        ]
        links += "fact link \(net) index=1 type=ether up carrier\n"
      }
      function("0000:\(bus):00.0", "1572", "pf\(pf)")
      lines += ["file \(root):00.0/sriov_totalvfs 64", "file \(root):00.0/sriov_numvfs 64"]
      for vf in 0..<64 {
        let slot = String(vf / 8 + 2, radix: 16)
        let address = "0000:\(bus):\(slot.count < 2 ? "0" : "")\(slot).\(vf % 8)"
        function(address, "154C", "pf\(pf)v\(vf)")
        lines += [
          "link sys/devices/pci0000:\(bus)/\(address)/physfn -> ../0000:\(bus):00.0",
          "link \(root):00.0/virtfn\(vf) -> ../\(address)",
        ]
      }
    }
    return try MachineTree(text: lines.joined(separator: "\n") + "\n" + links)
  }

  private func accesses(pfs: Int) throws -> [AccessLog.Access: Int] {
    let machine = try machine(pfs: pfs)
    let log = AccessLog()
    let reader = InventoryReader(root: machine.root, kernel: machine.kernel, log: log)
    let inventory = Inventory.read(by: reader)
    #expect(inventory.devices.count == pfs * 65)
    #expect(inventory.devices.filter { $0.physicalFunction?.functionIndex == 63 }.count == pfs)
    #expect(reader.problems == [])
    return log.counts
  }

  @Test func everyFileIsReadOnceAndCostsAreLinear() throws {
    let small = try accesses(pfs: 1)
    let large = try accesses(pfs: 64)
    #expect(large.filter { $0.key.kind == .file && $0.value > 1 }.map(\.key.path) == [])
    // What one PF and its VFs cost; the bus itself comes once, hence the one.
    let total = { (counts: [AccessLog.Access: Int]) in counts.values.reduce(0, +) }
    let fixed = small.filter { $0.key.path == HostPath.pciDevices }.values.reduce(0, +)
    #expect(total(large) - fixed == 64 * (total(small) - fixed))
    #expect(small.filter { $0.key.kind == .file }.count == 2 * 65 + 1)
  }

  /// A reader with a log is alone.
  @Test func severalThreadsReadWhatOneDoes() throws {
    let machine = try machine(pfs: 4)
    try FileManager.default.removeItem(atPath: machine.place("sys/devices/pci0000:12/0000:12:03.1/modalias"))
    let alone = InventoryReader(root: machine.root, kernel: machine.kernel, log: AccessLog())
    let expected = alone.allFunctions().map(\.device)
    let shared = InventoryReader(root: machine.root, kernel: machine.kernel)
    #expect(shared.allFunctions().map(\.device).sorted { $0.id < $1.id } == expected)
    #expect(expected.count == 4 * 65 - 1)
    #expect(shared.problems == alone.problems)
    #expect(shared.problems.count == 1)
  }

  @Test func readingOneDeviceAgainDoesNotGrowWithTheNode() throws {
    let machine = try machine(pfs: 4)
    let (inventory, _) = machine.read()
    let (again, problems) = inventory.reading(again: ["0000:11:03.1"], from: machine.root, kernel: machine.kernel)
    #expect(again == inventory.devices.filter { $0.id == "0000:11:03.1" })
    #expect(problems == [])
    let log = AccessLog()
    let reader = InventoryReader(root: machine.root, kernel: machine.kernel, log: log)
    _ = inventory.reading(again: ["0000:11:03.1"], by: reader)
    #expect(Set(log.counts.keys.map(\.path)).filter { $0.contains("0000:") && !$0.contains("0000:11:03.1") } == [])
  }

  /// What follows from the binding is not read again while that is as before.
  @Test func aFunctionThatIsBoundAsBeforeCostsTwoLinks() throws {
    let machine = try machine(pfs: 1)
    let (inventory, _) = machine.read()
    let log = AccessLog()
    let reader = InventoryReader(root: machine.root, kernel: machine.kernel, log: log)
    let again = inventory.reading(again: ["0000:11:03.1"], depth: { _ in .binding }, by: reader)
    #expect(again == inventory.devices.filter { $0.id == "0000:11:03.1" })
    #expect(log.counts.isEmpty)
  }

  /// An event of one virtual function costs the reading of that function, however many there are.
  @Test func followingOneDeviceDoesNotGrowWithTheNode() throws {
    let machine = try machine(pfs: 4)
    let (inventory, _) = machine.read()
    let log = AccessLog()
    let reader = InventoryReader(root: machine.root, kernel: machine.kernel, log: log)
    let address = try #require(PCIAddress("0000:11:03.1"))
    #expect(inventory.following([address], since: machine.kernel, by: reader) == inventory)
    #expect(Set(log.counts.keys.map(\.path)).filter { $0.contains("0000:") && !$0.contains("0000:11:03.1") } == [])
    #expect(log.counts.contains { $0.key.path.contains("0000:11:03.1") })
  }

  /// Those of a PF that was read again follow it without a look at their own files.
  @Test func followingAPFDoesNotReadItsVirtualFunctions() throws {
    let machine = try machine(pfs: 2)
    let (inventory, _) = machine.read()
    let log = AccessLog()
    let reader = InventoryReader(root: machine.root, kernel: machine.kernel, log: log)
    let address = try #require(PCIAddress("0000:11:00.0"))
    #expect(inventory.following([address], since: machine.kernel, by: reader) == inventory)
    let functions = log.counts.keys.filter { $0.kind == .file }.map(\.path)
    #expect(functions.filter { !$0.contains("/0000:11:00.0/") } == [])
  }
}
