import HostInventory
import ResourcePools
import Testing

/// Units of running pods stay where they are, whatever becomes of host and configuration.
@Suite struct HeldUnitTests {
  private let a = ResourceName(prefix: "intel.com", name: "a")

  private func partition(
    _ machine: Inventory, _ pools: [PoolConfig], held: [HeldUnit]
  ) -> [ResourcePool] {
    PoolPartition(inventory: machine, pools: pools, held: held).pools
  }

  @Test func aVanishedDeviceStaysUnhealthy() throws {
    let device = try #require(Machines.mixed["0000:01:02.0"])
    let without = Machines.mixed.changed { $0.id == device.id ? nil : $0 }
    for known in [[device], []] {
      let pool = partition(
        without, [try Pools.config([["devices": ["154c"]]])],
        held: [HeldUnit(pool: a, unit: device.id, devices: known)])[0]
      #expect(pool[device.id]?.health == .unhealthy(reason: "in use by a pod; it is no longer on this host"))
      #expect(pool.units.count == 4)
      #expect(throws: AllocationError.self) { try pool.allocate(device.id, on: without) }
    }
  }

  /// `replicas` from 3 to 1: the pod's id is no longer made, and the device must not be given to another pod as a whole.
  @Test func aHeldReplicaKeepsItsDeviceFromBeingGivenWhole() throws {
    let config = try Pools.config([["devices": ["154c"]]])
    let pool = partition(Machines.mixed, [config], held: [HeldUnit(pool: a, unit: "0000:01:02.0::2")])[0]
    let inUse = Unit.Health.unhealthy(reason: "in use by a pod, as 0000:01:02.0::2: replicas changed")
    #expect(pool["0000:01:02.0"]?.health == inUse)
    #expect(pool["0000:01:02.0::2"]?.health == .unhealthy(reason: "in use by a pod; the pool no longer offers it"))
    #expect(pool.units.count { $0.health == .healthy } == 3)
  }

  /// From 1 to 3: what a pod got whole is shared with nobody.
  @Test func aDeviceHeldWholeIsNotShared() throws {
    var config = try Pools.config([["devices": ["154c"]]])
    config.replicas = 3
    let pool = partition(Machines.mixed, [config], held: [HeldUnit(pool: a, unit: "0000:01:02.0")])[0]
    for number in 0..<3 {
      #expect(
        pool["0000:01:02.0::\(number)"]?.health
          == .unhealthy(reason: "in use by a pod, as 0000:01:02.0: replicas changed"))
    }
    #expect(pool["0000:01:02.0"]?.health != .healthy)
    #expect(pool.units.count { $0.health == .healthy } == 9)
  }

  /// `replicas` changes from 3 to 2 while a pod has unit 2: units 0 and 1 stay free.
  @Test func aHeldReplicaBeyondTheNumberLeavesTheOthersFree() throws {
    var config = try Pools.config([["devices": ["154c"]]])
    config.replicas = 2
    let pool = partition(Machines.mixed, [config], held: [HeldUnit(pool: a, unit: "0000:01:02.0::2")])[0]
    #expect(pool["0000:01:02.0::1"]?.health == .healthy)
    #expect(pool["0000:01:02.0::2"]?.health == .unhealthy(reason: "in use by a pod; the pool no longer offers it"))
  }

  @Test func aDeviceDoesNotMoveToAnEarlierPool() throws {
    let pools = partition(
      Machines.mixed, [try Pools.config(name: "new"), try Pools.config([["devices": ["154c"]]])],
      held: [HeldUnit(pool: a, unit: "0000:01:02.0")])
    #expect(pools[0]["0000:01:02.0"] == nil)
    #expect(
      pools[1]["0000:01:02.0"]?.health
        == .unhealthy(reason: "in use by a pod; it belongs to intel.com/new now"))
    #expect(pools[1].units.count == 1)
  }

  @Test func aDeviceThatIsNoLongerSelectedStaysUnhealthy() throws {
    let pool = partition(
      Machines.mixed, [try Pools.config([["drivers": ["vfio-pci"]]])],
      held: [HeldUnit(pool: a, unit: "0000:01:02.0")])[0]
    #expect(
      pool["0000:01:02.0"]?.health
        == .unhealthy(
          reason: "in use by a pod; the pool no longer selects it: drivers: saw iavf, want vfio-pci"))
  }

  /// A netdev in a pod's network namespace is not to be seen, and nor is its link type.
  @Test func aNetdevInAPodIsNoReasonToBeUnhealthy() throws {
    let away = Machines.mixed.changed { device in
      var device = device
      if device.id == "0000:03:00.0" {
        device.interfaces = []
        device.rdma = []
      }
      return device
    }
    let config = try Pools.config([["linkTypes": ["ether"], "isRdma": true, "vendors": ["15b3"]]])
    #expect(partition(away, [config], held: [])[0].units.isEmpty)
    let pool = partition(away, [config], held: [HeldUnit(pool: a, unit: "0000:03:00.0")])[0]
    #expect(pool.units.map(\.health) == [.healthy])
  }

  @Test func aDeviceOfAPoolThatIsGoneGoesToNoOther() throws {
    let pools = partition(
      Machines.mixed, [try Pools.config(name: "b")], held: [HeldUnit(pool: a, unit: "0000:01:02.0")])
    #expect(pools[0]["0000:01:02.0"] == nil)
    #expect(pools[0].units.count == 5)
  }

  @Test func replicasAndNumbersThatAreNoLongerOfferedStay() throws {
    var config = try Pools.config([["drivers": ["iavf"]]])
    config.replicas = 2
    let replicas = partition(
      Machines.mixed, [config], held: [HeldUnit(pool: a, unit: "0000:01:02.0::3")])[0]
    #expect(replicas.units.map(\.id) == ["0000:01:02.0::0", "0000:01:02.0::1", "0000:01:02.0::3"])
    #expect(replicas["0000:01:02.0::3"]?.health == .unhealthy(reason: "in use by a pod; the pool no longer offers it"))
    #expect(replicas["0000:01:02.0::0"]?.health == .healthy)

    var shared = try Pools.config(type: "rdmaShared")
    shared.shared = PoolConfig.SharedOptions(rdmaHcaMax: 2)
    let numbers = partition(
      SharedPoolTests.hcas, [shared],
      held: [HeldUnit(pool: a, unit: "7", devices: SharedPoolTests.hcas.devices)])[0]
    #expect(numbers.units.map(\.id) == ["0", "1", "7"])
  }
}
