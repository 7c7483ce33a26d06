import HostInventory
import Testing

@testable import ResourcePools

/// A group belongs to one container, and only if vfio may have it.
@Suite struct IOMMUGroupPoolTests {
  private let a = ResourceName(prefix: "intel.com", name: "a")

  /// Functions 3b:01.0 … on vfio-pci, in these groups; `others` are in group 44 too.
  private func machine(_ groups: [Int], others: [IOMMUGroup.Member] = [], noIOMMU: Bool = false) -> Inventory {
    let ids = groups.indices.map { "0000:3b:01.\($0)" }
    let devices = groups.indices.map { index in
      var device = Machines.network(ids[index], 0x8086, 0x1889, driver: "vfio-pci")
      var members = groups.indices.filter { $0 != index && groups[$0] == groups[index] }.map {
        IOMMUGroup.Member(address: Machines.address(ids[$0]), driver: "vfio-pci", isObstacle: false)
      }
      if groups[index] == 44 { members += others }
      device.iommuGroup = IOMMUGroup(number: groups[index], isNoIOMMU: noIOMMU, others: noIOMMU ? [] : members)
      return device
    }
    return Inventory(devices: devices, nodes: Machines.nodes)
  }

  private func health(
    _ machine: Inventory, _ config: PoolConfig, held: [String] = [], claims: [ClaimedDevice] = []
  ) -> [Unit.Health] {
    PoolPartition(
      inventory: machine, pools: [config], held: held.map { HeldUnit(pool: config.name, unit: $0) }, claims: claims
    ).pools[0].units.map(\.health)
  }

  private let busy = Unit.Health.unhealthy(reason: "IOMMU group 44 is in use by 0000:3b:01.0")

  @Test func siblingsOfADeviceInUseAreUnhealthy() throws {
    let config = try Pools.config()
    #expect(health(machine([44, 44, 45]), config) == [.healthy, .healthy, .healthy])
    #expect(health(machine([44, 44, 45]), config, held: ["0000:3b:01.0"]) == [.healthy, busy, .healthy])
    // One container has both.
    #expect(health(machine([44, 44]), config, held: ["0000:3b:01.0", "0000:3b:01.1"]) == [.healthy, .healthy])
  }

  @Test func aSiblingInAnotherPoolCountsToo() throws {
    let pools = [
      try Pools.config([["pciAddresses": ["0000:3b:01.0"]]]), try Pools.config(name: "b"),
    ]
    let partition = PoolPartition(
      inventory: machine([44, 44]), pools: pools, held: [HeldUnit(pool: a, unit: "0000:3b:01.0")])
    #expect(partition.pools[1].units.map(\.health) == [busy])
    let gone = PoolPartition(
      inventory: machine([44, 44]), pools: [pools[1]], held: [HeldUnit(pool: a, unit: "0000:3b:01.0")])
    #expect(gone.pools[0].units.map(\.health) == [busy])
  }

  @Test func aClaimHoldsTheGroupAsWell() throws {
    let claim = ClaimedDevice(device: "0000:3b:01.0", driver: "dra.example.com", pod: "ns/p")
    #expect(
      health(machine([44, 44]), try Pools.config(), claims: [claim]) == [
        .unhealthy(reason: "allocated by DRA driver dra.example.com to pod ns/p"), busy,
      ])
  }

  @Test func aGroupWithAnotherDriverIsNotViable() throws {
    let obstacle = IOMMUGroup.Member(address: Machines.address("0000:3b:02.0"), driver: "iavf", isObstacle: true)
    let reason = Unit.Health.unhealthy(reason: "IOMMU group 44 is not viable: 0000:3b:02.0 in it is bound to iavf")
    #expect(health(machine([44, 45], others: [obstacle]), try Pools.config()) == [reason, .healthy])
    let bridge = IOMMUGroup.Member(address: Machines.address("0000:3a:00.0"), driver: "pcieport", isObstacle: false)
    #expect(health(machine([44, 45], others: [bridge]), try Pools.config()) == [.healthy, .healthy])
  }

  @Test func theKeyAndGroupsWithoutIOMMUAreExempt() throws {
    var config = try Pools.config()
    #expect(health(machine([44, 44], noIOMMU: true), config, held: ["0000:3b:01.0"]) == [.healthy, .healthy])
    config.healthChecks = [.present, .driver, .link]
    #expect(health(machine([44, 44]), config, held: ["0000:3b:01.0"]) == [.healthy, .healthy])
    #expect(PoolPartition(inventory: machine([44, 44]), pools: [config]).warnings == [])
  }

  @Test func warningsNameTheDevices() throws {
    let warnings = PoolPartition(inventory: machine([44, 44, 45]), pools: [try Pools.config()]).warnings
    #expect(
      warnings.map(\.text) == [
        "0000:3b:01.0, 0000:3b:01.1 share IOMMU group 44, so that only one container can use them"
      ])
  }

  @Test func oneContainerGetsWholeGroups() throws {
    let partition = PoolPartition(
      inventory: machine([40, 41, 41, 42, 42, 42, 43, 43]), pools: [try Pools.config()])
    let pool = partition.pools[0]
    let all = pool.units.map(\.id)
    func preferred(_ count: Int, including: [Int] = []) -> [Int] {
      pool.preferred(from: all, including: including.map { all[$0] }, count: count).compactMap(all.firstIndex)
    }
    #expect(pool.hasPreference)
    #expect(preferred(1) == [0])
    #expect(preferred(2) == [1, 2])
    #expect(preferred(3) == [3, 4, 5])
    #expect(preferred(4) == [3, 4, 5, 0])
    #expect(preferred(5) == [3, 4, 5, 1, 2])
    #expect(preferred(2, including: [4]) == [4, 3])
    #expect(preferred(4, including: [1]) == [1, 2, 6, 7])
    #expect(!Pools.partition(machine([40, 41]), try Pools.config()).pools[0].hasPreference)
  }
}
