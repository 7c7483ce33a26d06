import HostInventory
import ResourcePools
import TestSupport
import Testing

/// Which free devices kubelet is asked to hand out first.
@Suite struct PreferenceTests {
  /// PFs `a`, `b`, `c` with four VFs each: `0000:0N:02.M`.
  static let threePFs: Inventory = {
    let devices = (1...3).flatMap { pf in
      (0..<4).map { vf in
        var device = Machines.network("0000:0\(pf):02.\(vf)", 0x8086, 0x154c, driver: "iavf")
        device.physicalFunction = PhysicalFunction(
          address: Machines.address("0000:0\(pf):00.0"), name: "pf\(pf)", functionIndex: vf)
        return device
      }
    }
    return Inventory(devices: devices, nodes: Machines.nodes)
  }()

  private func pool(_ preference: Preference, on machine: Inventory = threePFs, replicas: Int = 1) throws
    -> ResourcePool
  {
    var config = try Pools.config()
    config.preferredAllocation = preference
    config.replicas = replicas
    return Pools.partition(machine, config).pools[0]
  }

  private func ids(_ short: [String]) -> [String] { short.map { "0000:0\($0.prefix(1)):02.\($0.suffix(1))" } }

  @Test func packedFillsAPFBeforeItOpensTheNext() throws {
    let pool = try pool(.packed)
    let all = pool.units.map(\.id)
    #expect(pool.preferred(from: all, including: [], count: 5) == ids(["1.0", "1.1", "1.2", "1.3", "2.0"]))
    // 2 and 3 are in use, 3 has fewer left.
    let left = all.filter { !ids(["2.0", "3.0", "3.3"]).contains($0) }
    #expect(pool.preferred(from: left, including: [], count: 3) == ids(["3.1", "3.2", "2.1"]))
    #expect(pool.preferred(from: left, including: ids(["1.2"]), count: 2) == ids(["1.2", "3.1"]))
  }

  @Test func spreadTakesTheLeastUsedPF() throws {
    let pool = try pool(.spread)
    let all = pool.units.map(\.id)
    #expect(pool.preferred(from: all, including: [], count: 4) == ids(["1.0", "2.0", "3.0", "1.1"]))
    let left = all.filter { !ids(["1.0", "1.1", "3.0"]).contains($0) }
    #expect(pool.preferred(from: left, including: [], count: 3) == ids(["2.0", "2.1", "3.1"]))
    #expect(pool.preferred(from: left, including: ids(["2.3"]), count: 3) == ids(["2.3", "2.0", "3.1"]))
  }

  @Test func anUnhealthyUnitIsNotInUse() throws {
    var config = try Pools.config()
    config.preferredAllocation = .packed
    let sick = Dictionary(
      uniqueKeysWithValues: ids(["2.0", "2.1"]).map { ($0, Unit.Health.unhealthy(reason: "down")) })
    let pool = PoolPartition(
      inventory: Self.threePFs, pools: [config], health: { device, _ in sick[device.id] ?? .healthy }
    ).pools[0]
    let healthy = pool.units.map(\.id).filter { sick[$0] == nil }
    #expect(pool.preferred(from: healthy, including: [], count: 2) == ids(["2.2", "2.3"]))
    let used = healthy.filter { $0 != ids(["3.0"])[0] }
    #expect(pool.preferred(from: used, including: [], count: 1) == ids(["3.1"]))
  }

  @Test func replicasOfADeviceArePackedAndSpreadToo() throws {
    let spread = try pool(.spread, replicas: 2)
    let all = spread.units.map(\.id)
    #expect(
      spread.preferred(from: all, including: [], count: 4)
        == ["0000:01:02.0::0", "0000:02:02.0::0", "0000:03:02.0::0", "0000:01:02.1::0"])
    let packed = try pool(.packed, replicas: 2)
    #expect(
      packed.preferred(from: all.filter { $0 != "0000:02:02.1::0" }, including: [], count: 2)
        == ["0000:02:02.1::1", "0000:02:02.0::0"])
  }

  @Test(arguments: [Preference.packed, .spread, .topology]) func whatCannotBeHasNoAnswer(preference: Preference) throws
  {
    let pool = try pool(preference)
    let all = pool.units.map(\.id)
    #expect(pool.preferred(from: all, including: [], count: 0).isEmpty)
    #expect(pool.preferred(from: all, including: [], count: -1).isEmpty)
    #expect(pool.preferred(from: all, including: [], count: 13).isEmpty)
    #expect(pool.preferred(from: [], including: [], count: 1).isEmpty)
    #expect(pool.preferred(from: all, including: Array(all.prefix(3)), count: 2).isEmpty)
    #expect(pool.preferred(from: all, including: ["bogus"], count: 2).isEmpty)
    #expect(pool.preferred(from: ["bogus"] + all, including: [], count: 12).count == 12)
    #expect(pool.preferred(from: all, including: Array(all.prefix(2)), count: 2) == Array(all.prefix(2)))
  }

  @Test func withoutPreferenceThereIsNoAnswer() throws {
    let pool = try pool(.none)
    #expect(pool.preferred(from: pool.units.map(\.id), including: [], count: 1).isEmpty)
  }

  /// Pools by chance: the answer is of the right size, holds what it must, and does not depend on the order of ids.
  @Test(arguments: 0..<200) func everyAnswerIsFit(seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    let machine = RandomTopology.machine(&random)
    let preference = try #require([Preference.packed, .spread, .topology].randomElement(using: &random))
    let pool = try pool(preference, on: machine, replicas: Int.random(in: 1...2, using: &random))
    let available = pool.units.map(\.id).filter { _ in Int.random(in: 0..<4, using: &random) > 0 }
    let including = Array(available.shuffled(using: &random).prefix(Int.random(in: 0...2, using: &random)))
    let count = Int.random(in: 0...available.count, using: &random)
    let answer = pool.preferred(from: available, including: including, count: count)
    guard count > 0, count >= including.count else {
      #expect(answer.isEmpty)
      return
    }
    #expect(answer.count == count && Set(answer).count == count)
    #expect(Set(answer).isSuperset(of: including) && Set(answer).isSubset(of: available))
    #expect(
      pool.preferred(from: available.shuffled(using: &random), including: including.reversed(), count: count) == answer)
  }
}
