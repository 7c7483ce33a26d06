import Foundation
import TestSupport
import Testing

@testable import HostInventory

/// What Allocate looks at of one subfunction, among many of its parent.
@Suite struct SubfunctionRecheckTests {
  private static let parent = "sys/devices/pci0000:10/0000:10:00.0"

  /// A PF in mode switchdev with an uplink, and subfunctions with a netdev and an RDMA device each.
  private func machine(subfunctions: Int) throws -> MachineTree {
    var lines = [
      "machine \(subfunctions) subfunctions",
      "link sys/bus/pci/devices/0000:10:00.0 -> ../../../devices/pci0000:10/0000:10:00.0",
      "file \(Self.parent)/modalias pci:v000015B3d0000A2DCsv00000000sd00000000bc02sc00i00",
      "file \(Self.parent)/numa_node 0", "link \(Self.parent)/driver -> ../../../bus/pci/drivers/mlx5_core",
      "file \(Self.parent)/net/p0/phys_switch_id aabb", "file \(Self.parent)/net/p0/phys_port_name p0",
    ]
    var facts = ["fact link p0 index=1 type=ether up carrier"]
    for number in 0..<subfunctions {
      let directory = "\(Self.parent)/mlx5_core.sf.\(number + 2)"
      lines += [
        "link sys/bus/auxiliary/devices/mlx5_core.sf.\(number + 2) -> "
          + "../../../devices/pci0000:10/0000:10:00.0/mlx5_core.sf.\(number + 2)",
        "file \(directory)/sfnum \(number)", "dir \(directory)/net/sf\(number)",
        "dir \(directory)/infiniband/mlx5_\(number)",
        "file \(directory)/infiniband_verbs/uverbs\(number)/ibdev mlx5_\(number)",
      ]
      facts.append("fact link sf\(number) index=\(number + 2) type=ether up carrier")
    }
    return try MachineTree(text: (lines + facts).joined(separator: "\n") + "\n")
  }

  @Test func oneOf128CostsAtMostTwentyOpens() throws {
    let machine = try machine(subfunctions: 128)
    let (inventory, problems) = machine.read()
    #expect(problems == [])
    #expect(inventory.devices.count == 129)
    let log = AccessLog()
    let reader = InventoryReader(root: machine.root, kernel: machine.kernel, log: log)
    let again = inventory.reading(again: ["mlx5_core.sf.70"], by: reader)
    #expect(again == inventory.devices.filter { $0.id == "mlx5_core.sf.70" })
    #expect(reader.problems == [])
    let touched = log.counts.filter { $0.key.kind == .file || $0.key.kind == .entry }
    #expect(touched.values.reduce(0, +) <= 20, "\(touched.keys.map(\.path).sorted())")
    let others = log.counts.keys.map(\.path).filter { $0.contains("mlx5_core.sf.") && !$0.contains("mlx5_core.sf.70") }
    #expect(others == [])
    #expect(!log.counts.keys.contains { $0.path.hasSuffix("phys_switch_id") }, "it waits for rtnl")
  }

  @Test func itsOwnChangesAreSeen() throws {
    let machine = try machine(subfunctions: 2)
    let (inventory, _) = machine.read()
    func again() -> Device? {
      inventory.reading(again: ["mlx5_core.sf.2"], from: machine.root, kernel: machine.kernel).devices.first
    }
    try FileManager.default.removeItem(atPath: machine.place("\(Self.parent)/mlx5_core.sf.2/net/sf0"))
    #expect(again()?.interfaces == [])
    try FileManager.default.removeItem(atPath: machine.place("\(Self.parent)/driver"))
    #expect(again()?.driver == nil)
    try FileManager.default.removeItem(atPath: machine.place("\(Self.parent)/mlx5_core.sf.2"))
    #expect(again() == nil)
  }
}
