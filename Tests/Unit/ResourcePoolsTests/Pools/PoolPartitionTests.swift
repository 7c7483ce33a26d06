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
    var advised = Refusal(stage: "drivers", seen: "iavf", wanted: ["vfio-pci"])
    advised.advice = "bind it to vfio-pci, or add iavf to drivers"
    #expect(
      explanation.entries.map(\.outcome) == [
        .member(selector: 1), .claimed(by: ResourceName(prefix: "intel.com", name: "first"), selector: 0),
        .dropped([[advised]]),
        .foreign(
          type: "accelerator",
          reason: "this is a network controller (PCI class 02); deviceType netDevice or a pool of configList takes it"),
        .elsewhere(nodeNames: ["other"]),
      ])
    #expect(partition.explanation(of: "0000:ff:00.0") == nil)
    guard case .refused(let refusal, _)? = partition.explanation(of: "0000:02:00.1")?.entries.first?.outcome else {
      Issue.record("an unbound function is refused")
      return
    }
    #expect("\(refusal)" == "driver: saw none, want any; bind a driver to it: vfio-pci, or the NIC's own")
  }
}
