import HostInventory
import TestSupport

/// Hosts by chance: NUMA nodes with root ports, some of them with switches.
enum RandomTopology {
  static func places(count: Int, _ random: inout SeededNumbers) -> [Place] {
    (0..<count).map { _ -> Place in
      let number = Int.random(in: 0...2, using: &random)
      let numa: Int? = number == 2 ? nil : number
      let root = UInt8(number * 10) + UInt8.random(in: 0...1, using: &random)
      guard Bool.random(using: &random) else { return Place(numa, root) }
      return Place(numa, root, 100 + root * 2 + UInt8.random(in: 0...1, using: &random))
    }
  }

  static func machine(_ random: inout SeededNumbers) -> Inventory {
    let machine = TopologyPreferenceTests.machine(places(count: Int.random(in: 0...24, using: &random), &random))
    return machine.changed { device in
      var device = device
      let parent = UInt8.random(in: 0...3, using: &random)
      if parent > 0 {
        device.physicalFunction = PhysicalFunction(
          address: PCIAddress(domain: 2, bus: parent, device: 0, function: 0), name: "pf\(parent)", functionIndex: 0)
      }
      return device
    }
  }
}
