import HostInventory
import ResourcePools
import Testing

/// Who gets a device that several pools select, and why a device is in none.
@Suite struct PoolPartitionTests {
  @Test func theFirstSelectorObjectThatTakesADeviceDecides() throws {
    let pools = Pools.partition(
      Machines.mixed,
      try Pools.config(
        [["pfNames": ["ens1f0#0-1"]], ["vendors": ["8086"], "devices": ["154c"], "needVhostNet": true]], name: "a"),
      try Pools.config([["devices": ["154c"]]], name: "b"),
      try Pools.config([["vendors": ["8086", "15b3"]]], name: "c")
    ).pools
    #expect(
      pools.map { $0.units.map(\.id) } == [
        ["0000:01:02.0", "0000:01:02.1", "0000:01:02.2", "0000:01:02.3"], [], ["0000:02:00.0", "0000:03:00.0"],
      ])
    #expect(try !pools[0].allocate("0000:01:02.1", on: Machines.mixed).info.contains("vhost"))
    #expect(try pools[0].allocate("0000:01:02.2", on: Machines.mixed).info.contains("vhost"))
  }

  @Test func typesDoNotMix() throws {
    let pools = Pools.partition(
      Machines.mixed, try Pools.config(name: "a", type: "accelerator"),
      try Pools.config([["pciAddresses": ["0000:04:00.0"]]], name: "b")
    ).pools
    #expect(pools.map { $0.units.map(\.id) } == [["0000:04:00.0"], []])
  }

  @Test func anEarlierPoolForEverythingLeavesNothing() throws {
    let pools = Pools.partition(
      Machines.mixed, try Pools.config(name: "a"), try Pools.config([["drivers": ["iavf"]]], name: "b")
    ).pools
    #expect(pools.map(\.units.count) == [6, 0])
  }

  @Test func healthIsLaidOverTheUnits() throws {
    let pool = PoolPartition(
      inventory: Machines.mixed, pools: [try Pools.config([["devices": ["154c"]]])],
      health: { device, _ in
        device.id == "0000:01:02.1" ? .unhealthy(reason: "ens1f0 has lost its carrier") : .healthy
      }
    ).pools[0]
    #expect(pool["0000:01:02.1"]?.health == .unhealthy(reason: "ens1f0 has lost its carrier"))
    #expect(pool["0000:01:02.0"]?.health == .healthy)
  }

  @Test func whyADeviceIsInNoPool() throws {
    let partition = Pools.partition(
      Machines.mixed, try Pools.config([["drivers": ["vfio-pci"]], ["pfNames": ["ens1f0#0"]]], name: "a"),
      try Pools.config(name: "acc", type: "accelerator"))
    let reasons = Dictionary(uniqueKeysWithValues: partition.unassigned.map { ($0.id, $0.reasons) })
    #expect(
      reasons.keys.sorted() == [
        "0000:01:00.0", "0000:01:02.3", "0000:02:00.0", "0000:02:00.1", "0000:03:00.0",
      ])
    let uio = try #require(reasons["0000:01:02.3"])
    #expect(uio.map(\.pool.name) == ["a", "a"])
    #expect(uio.map(\.selector) == [0, 1])
    #expect(
      uio.map(\.refusal) == [
        Refusal(stage: "drivers", seen: "igb_uio", wanted: ["vfio-pci"]),
        Refusal(stage: "pfNames", seen: "ens1f0#3", wanted: ["ens1f0#0"]),
      ])
    let parent = try #require(reasons["0000:01:00.0"]?.first)
    #expect(parent.selector == nil)
    #expect(parent.refusal == Refusal(stage: "sriov_numvfs", seen: "4", wanted: ["0"]))
    #expect(reasons["0000:02:00.1"]?.first?.refusal.stage == "driver")
  }

  @Test func everyPoolSaysWhatItThinksOfADevice() throws {
    var elsewhere = try Pools.config(name: "elsewhere")
    elsewhere.nodeNames = ["other"]
    let partition = PoolPartition(
      inventory: Machines.mixed,
      pools: [
        try Pools.config([["drivers": ["igb"]], ["vendors": ["8086"]]], name: "first"),
        try Pools.config(name: "second"), try Pools.config([["drivers": ["vfio-pci"]]], name: "third"),
        try Pools.config(name: "acc", type: "accelerator"),
      ], elsewhere: [elsewhere])
    let explanation = try #require(partition.explanation(of: "0000:01:02.0"))
    #expect(
      explanation.entries.map(\.outcome) == [
        .member(selector: 1), .claimed(by: ResourceName(prefix: "intel.com", name: "first"), selector: 0),
        .dropped([Refusal(stage: "drivers", seen: "iavf", wanted: ["vfio-pci"])]),
        .foreign(type: "accelerator"), .elsewhere(nodeNames: ["other"]),
      ])
    #expect(partition.explanation(of: "0000:ff:00.0") == nil)
    guard case .refused(let refusal)? = partition.explanation(of: "0000:02:00.1")?.entries.first?.outcome else {
      Issue.record("an unbound function is refused")
      return
    }
    #expect("\(refusal)" == "driver: saw none, want any")
  }
}

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
