import HostInventory
import ResourcePools
import Testing

/// Devices that one container has are not handed to others by another way.
@Suite struct ExclusiveUseTests {
  private let a = ResourceName(prefix: "intel.com", name: "a")

  private func shared() throws -> PoolConfig {
    var config = try Pools.config([["vendors": ["15b3"]]], name: "hca", type: "rdmaShared", prefix: "rdma")
    config.shared = PoolConfig.SharedOptions(rdmaHcaMax: 2)
    return config
  }

  private func members(of partition: PoolPartition) -> [String]? {
    partition.pools.last?.units.first?.members.map(\.device.id)
  }

  @Test func aSharedPoolLeavesOutWhatAPodHasFromAnotherPool() throws {
    let pools = [try Pools.config([["isRdma": true]]), try shared()]
    let free = PoolPartition(inventory: SharedPoolTests.hcas, pools: pools)
    #expect(members(of: free) == ["0000:5e:00.0", "0000:86:00.0"])
    let held = PoolPartition(
      inventory: SharedPoolTests.hcas, pools: pools, held: [HeldUnit(pool: a, unit: "0000:86:00.0")])
    #expect(members(of: held) == ["0000:5e:00.0"])
    let outcome = held.explanation(of: "0000:86:00.0")?.entries.last?.outcome
    #expect(outcome == .refused(Refusal(stage: "exclusive use", seen: "a pod has it as intel.com/a", wanted: [])))
  }

  @Test func aPodOfThePoolItselfTakesNothingAway() throws {
    let name = ResourceName(prefix: "rdma", name: "hca")
    let partition = PoolPartition(
      inventory: SharedPoolTests.hcas, pools: [try shared()], held: [HeldUnit(pool: name, unit: "1")])
    #expect(members(of: partition) == ["0000:5e:00.0", "0000:86:00.0"])
  }

  @Test func aPodOfAPoolThatIsNoMoreCountsToo() throws {
    let partition = PoolPartition(
      inventory: SharedPoolTests.hcas, pools: [try shared()], held: [HeldUnit(pool: a, unit: "0000:5e:00.0")])
    #expect(members(of: partition) == ["0000:86:00.0"])
  }

  @Test func aClaimedDeviceIsUnhealthyUnlessThePoolDoesNotAsk() throws {
    let claim = ClaimedDevice(device: "0000:5e:00.0", driver: "dra.example.com", pod: "ns/p")
    var config = try Pools.config([["vendors": ["15b3"]]])
    for (checks, health) in [
      (HealthCheck.allCases, Unit.Health.unhealthy(reason: "allocated by DRA driver dra.example.com to pod ns/p")),
      ([.present, .driver, .link], .healthy),
    ] {
      config.healthChecks = Set(checks)
      let partition = PoolPartition(
        inventory: SharedPoolTests.hcas, pools: [config, try shared()], claims: [claim])
      #expect(partition.pools[0]["0000:5e:00.0"]?.health == health)
      #expect(members(of: partition) == ["0000:86:00.0"])
    }
  }

  @Test(
    arguments: [
      ("pci-0000-5e-00-0", [], ["0000:5e:00.0"]), ("0000-86-00-0", [], ["0000:86:00.0"]),
      ("x", ["vendor.com/nic=0000:5e:00.0", "vendor.com/nic=other"], ["0000:5e:00.0"]),
      ("mlx5-1", [], ["0000:86:00.0"]),
      ("ib0", [], ["0000:5e:00.0"]), ("gpu-0", [], []), ("0000-99-00-0", [], []), ("", [], []),
      ("1a2b3c4d-5e00-4f00-8000-0123456789ab", [], []),
    ] as [(String, [String], [String])])
  func namesOfClaims(_ name: String, cdi: [String], ids: [String]) {
    #expect(ClaimedDevice.devices(named: name, cdi: cdi, on: SharedPoolTests.hcas) == ids)
  }
}
