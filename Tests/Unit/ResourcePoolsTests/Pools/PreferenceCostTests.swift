import Foundation
import HostInventory
import Synchronization
import TestSupport
import Testing

@testable import ResourcePools

/// What an answer costs, counted in comparisons: n log n of them, however large the pool is.
@Suite struct PreferenceCostTests {
  /// 64 virtual functions for each PF, four PFs below each root port, half of the ports in each NUMA node.
  private func machine(_ count: Int) -> Inventory {
    let devices = (0..<count).map { number -> Device in
      let port = number / 64
      var device = Machines.network(
        PCIAddress(
          domain: 0, bus: UInt8(port), device: UInt8(number % 64 / 8 + 1), function: UInt8(number % 8)
        ).description, 0x8086, 0x1889, driver: "iavf", numa: port % 2)
      device.physicalFunction = PhysicalFunction(
        address: PCIAddress(domain: 0, bus: UInt8(port), device: 0, function: 0), name: "pf\(port)",
        linkType: "ether", functionIndex: number % 64)
      device.bridges = [
        PCIAddress(domain: 1, bus: UInt8(port / 4), device: 0, function: 0),
        PCIAddress(domain: 1, bus: UInt8(port / 4), device: 1, function: UInt8(port % 4)),
      ]
      return device
    }
    return Inventory(devices: devices, nodes: Machines.nodes)
  }

  /// Comparisons of one answer for half of the pool, a tenth of which is in use, with four units that must be in it; for
  /// a hundred units that are near to each other.
  private func comparisons(_ preference: Preference, among count: Int) throws -> Int {
    var config = try Pools.config()
    config.preferredAllocation = preference
    let pool = Pools.partition(machine(count), config).pools[0]
    #expect(pool.units.count == count)
    let chosen = preference == .topology ? [] : [1, 70, 71, 130]
    let wanted = preference == .topology ? 100 : count / 2
    let free = (0..<count).filter { $0 % 10 != 0 && !chosen.contains($0) }
    var compared = 0
    var question = PreferenceQuestion(pool: pool, chosen: chosen, free: free, count: wanted)
    let answer = try withoutActuallyEscaping({ (a: [Int], b: [Int]) -> Bool in
      compared += 1
      return a.lexicographicallyPrecedes(b)
    }) { precedes in
      question.precedes = precedes
      defer { question.precedes = { $0.lexicographicallyPrecedes($1) } }
      switch preference {
      case .packed: return question.packed()
      case .spread: return question.spread()
      case .topology: return question.nearest()
      case .none: throw Pools.Absent()
      }
    }
    #expect(answer.count == wanted && Set(answer).isSuperset(of: chosen))
    #expect(Set(answer).count == answer.count)
    return compared
  }

  @Test(arguments: [Preference.packed, .spread, .topology])
  func comparisonsGrowAsNLogN(_ preference: Preference) throws {
    // A choice that compared each with each would need ten times the bound of 512 units, and 100 times that of 4096.
    for count in [512, 4096] {
      let bound = 3 * Double(count) * log2(Double(count))
      let compared = try comparisons(preference, among: count)
      #expect(compared > 0)
      #expect(Double(compared) <= bound, "\(count) units: \(compared) comparisons, at most \(bound)")
    }
  }

  @Test(arguments: [Preference.packed, .spread, .topology])
  func answersOf4096UnitsAreTheSameInAnyOrder(_ preference: Preference) throws {
    var config = try Pools.config()
    config.preferredAllocation = preference
    let pool = Pools.partition(machine(4096), config).pools[0]
    let ids = pool.units.map(\.id)
    var random = SeededNumbers(seed: 6)
    let answer = pool.preferred(from: ids, including: [ids[70], ids[3]], count: 100)
    #expect(answer.count == 100 && Set(answer).isSuperset(of: [ids[70], ids[3]]))
    #expect(pool.preferred(from: ids.shuffled(using: &random), including: [ids[3], ids[70]], count: 100) == answer)
  }
}
