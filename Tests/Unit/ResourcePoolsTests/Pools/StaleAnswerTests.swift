import HostInventory
import Testing

@testable import ResourcePools

/// Answers that kubelet replays after the kernel has numbered devices anew.
@Suite struct StaleAnswerTests {
  private let ids = ["0000:00:05.0", "0000:00:06.0"]

  private func machine(_ groups: [Int], noIOMMU: Bool = false) -> Inventory {
    let devices = zip(ids, groups).map { id, group in
      var device = Machines.network(id, 0x8086, 0x1889, driver: "vfio-pci")
      device.iommuGroup = IOMMUGroup(number: group, isNoIOMMU: noIOMMU)
      return device
    }
    return Inventory(devices: devices, nodes: Machines.nodes)
  }

  private func given(_ answer: Allocation) -> GivenAnswer {
    GivenAnswer(nodes: answer.nodes.map(\.hostPath), environment: answer.environment)
  }

  private func staleness(
    _ ids: [String], before: Inventory, now: Inventory, cdi: CDIMode = .off, _ config: PoolConfig? = nil
  ) throws -> StaleAnswer? {
    let config = try config ?? Pools.config()
    let old = Pools.partition(before, config).pools[0]
    let answer = try old.allocate(ids, seeing: before.devices, nodes: before.nodes, cdi: cdi)
    return Pools.partition(now, config).pools[0]
      .staleness(of: [given(answer)], for: ids, seeing: now.devices, nodes: now.nodes)
  }

  @Test func groupsThatChangedPlaces() throws {
    let stale = try staleness([ids[0]], before: machine([43, 42]), now: machine([42, 43]))
    #expect(
      stale?.description == "0000:00:05.0 was given out with /dev/vfio/43 and now needs /dev/vfio/42; delete the pod")
    #expect(stale?.part == .nodes)
    #expect(try staleness([ids[0]], before: machine([42, 43]), now: machine([42, 44])) == nil)
  }

  @Test func groupsThatChangedPlacesWithinOneContainer() throws {
    #expect(try staleness(ids, before: machine([43, 42]), now: machine([42, 43]))?.part == .nodes)
  }

  @Test func byCDIOnlyTheEnvironmentIsStale() throws {
    let stale = try staleness([ids[0]], before: machine([43, 42]), now: machine([42, 43]), cdi: .both)
    #expect(stale?.part == .environment)
    #expect(try staleness([ids[0]], before: machine([42]), now: machine([42]), cdi: .both) == nil)
  }

  @Test func groupsWithoutIOMMU() throws {
    #expect(try staleness([ids[0]], before: machine([1], noIOMMU: true), now: machine([1], noIOMMU: true)) == nil)
    #expect(
      try staleness([ids[0]], before: machine([1], noIOMMU: true), now: machine([2], noIOMMU: true))?.part == .nodes)
  }

  @Test func anotherDriver() throws {
    let kernel = machine([42]).changed { device in
      var device = device
      device.driver = "iavf"
      return device
    }
    let stale = try staleness([ids[0]], before: machine([42]), now: kernel)
    #expect(
      stale?.description
        == "0000:00:05.0 was given out with /dev/vfio/42 and now needs no such node; delete the pod")
  }

  /// After a restart of the program nothing is known of the device but its id.
  @Test func aDeviceThatHasGone() throws {
    let config = try Pools.config()
    let empty = Inventory(devices: [], nodes: Machines.nodes)
    let pool = PoolPartition(inventory: empty, pools: [config], held: [HeldUnit(pool: config.name, unit: ids[0])])
      .pools[0]
    func stale(_ cdi: CDIMode) throws -> StaleAnswer? {
      let before = machine([43])
      let answer = try Pools.partition(before, config).pools[0]
        .allocate([ids[0]], seeing: before.devices, nodes: before.nodes, cdi: cdi)
      return pool.staleness(of: [given(answer)], for: [ids[0]], seeing: [], nodes: Machines.nodes)
    }
    #expect(
      try stale(.off)?.description
        == "0000:00:05.0 was given out with /dev/vfio/43 and is no longer on this host; delete the pod")
    #expect(try stale(.off)?.part == .nodes && stale(.both)?.part == .environment)
  }

  @Test func aSharedPoolsNodes() throws {
    var config = try Pools.config([["vendors": ["15b3"]]], name: "hca", type: "rdmaShared", prefix: "rdma")
    config.shared = PoolConfig.SharedOptions(rdmaHcaMax: 2)
    let other = SharedPoolTests.hcas.changed { device in
      var device = device
      for index in device.rdma.indices {
        device.rdma[index].characterDevices = device.rdma[index].characterDevices.map { String($0.dropLast()) + "7" }
      }
      return device
    }
    #expect(try staleness(["0"], before: SharedPoolTests.hcas, now: SharedPoolTests.hcas, config) == nil)
    #expect(try staleness(["0"], before: SharedPoolTests.hcas, now: other, config)?.part == .nodes)
  }

  /// In the exclusive mode an RDMA device is in the namespace of the pod whose container starts again.
  @Test func whatIsOutOfSightIsNotJudged() throws {
    let config = try Pools.config([["isRdma": true]])
    let away = SharedPoolTests.hcas.changed { device in
      var device = device
      device.rdma = []
      return device
    }
    let old = Pools.partition(SharedPoolTests.hcas, config).pools[0]
    let answer = given(try old.allocate("0000:5e:00.0", on: SharedPoolTests.hcas))
    #expect(
      old.staleness(of: [answer], for: ["0000:5e:00.0"], seeing: away.devices, nodes: away.nodes) == nil)
  }

  private func ubMachine(_ kernel: [String]) -> Inventory {
    UBPoolTests.machine().changed { device in
      var device = device
      if device.id == "urma_1" { device.unifiedBus?.kernelDevices = kernel }
      return device
    }
  }

  /// The kernel devices behind a name of the UBS engine.
  @Test func aUBDeviceThatIsNumberedAnew() throws {
    let config = try Pools.config([[:]], name: "ub_net_device", type: "ubNetDevice", prefix: "unifiedbus.com")
    let before = ubMachine(["udma1", "udma31", "bonding_dev_1"])
    func stale(_ now: [String], cdi: CDIMode = .off) throws -> StaleAnswer? {
      try staleness(["urma_1"], before: before, now: ubMachine(now), cdi: cdi, config)
    }
    #expect(
      try stale(["udma2", "udma31", "bonding_dev_1"])?.description
        == "urma_1 was given out with /dev/uburma/udma1 and now needs /dev/uburma/bonding_dev_1, "
        + "/dev/uburma/udma2, /dev/uburma/udma31; delete the pod")
    #expect(try stale(["udma2", "udma31", "bonding_dev_1"])?.part == .nodes)
    #expect(try stale(["udma2", "udma31", "bonding_dev_1"], cdi: .both)?.part == .environment)
    #expect(try stale(["udma31", "udma1", "bonding_dev_1"]) == nil, "the same ones in another order")
    #expect(try stale([]) == nil, "neither the engine nor sysfs tells")
  }

  /// After a restart the engine may not have listed its devices yet.
  @Test func aUBDeviceThatIsNotListedYet() throws {
    let config = try Pools.config([[:]], name: "ub_net_device", type: "ubNetDevice", prefix: "unifiedbus.com")
    let empty = Inventory(devices: [], nodes: Machines.nodes)
    let held = HeldUnit(pool: config.name, unit: "urma_1")
    let pool = PoolPartition(inventory: empty, pools: [config], held: [held]).pools[0]
    let answer = GivenAnswer(nodes: ["/dev/uburma/udma1"], environment: [:])
    #expect(pool.staleness(of: [answer], for: ["urma_1"], seeing: [], nodes: Machines.nodes) == nil)
  }

  @Test func oneAnswerThatHoldsIsEnough() throws {
    let pool = Pools.partition(machine([42, 43]), try Pools.config()).pools[0]
    let fresh = GivenAnswer(nodes: ["/dev/vfio/vfio", "/dev/vfio/42"], environment: [:])
    let old = GivenAnswer(nodes: ["/dev/vfio/vfio", "/dev/vfio/9"], environment: [:])
    func staleness(_ given: [GivenAnswer]) -> String? {
      pool.staleness(of: given, for: [ids[0]], seeing: [], nodes: Machines.nodes)?.description
    }
    #expect(staleness([old, fresh]) == nil)
    #expect(staleness([]) == nil)
    #expect(
      staleness([old]) == "0000:00:05.0 was given out with /dev/vfio/9 and now needs /dev/vfio/42; delete the pod")
  }

  @Test(arguments: [
    ("/dev/vfio/42", true), ("/dev/vfio/noiommu-3", true), ("/dev/infiniband/uverbs0", true), ("/dev/uio12", true),
    ("/dev/vhost-vdpa-1", true), ("/dev/uburma/udma2", true), ("/dev/rbln0", true), ("/dev/cxi1", true),
    ("/dev/vfio/vfio", false), ("/dev/infiniband/rdma_cm", false), ("/dev/vhost-net", false), ("/dev/net/tun", false),
    ("/dev/rsd0", false), ("/dev/ummu/tid", false), ("0000:00:05.0", false), ("", false),
  ])
  func paths(_ path: String, isNumbered: Bool) { #expect(KernelNumber.isInPath(path) == isNumbered) }

  @Test func whichPoolsGiveNumbers() throws {
    func gives(_ wanted: Wanted) throws -> Bool {
      Pools.partition(Machines.mixed, try Pools.config([wanted])).pools[0].givesKernelNumbers(nodes: Machines.nodes)
    }
    #expect(try gives(["drivers": ["vfio-pci"]]) && gives(["drivers": ["igb_uio"]]) && gives(["isRdma": true]))
    #expect(try !gives(["drivers": ["iavf"]]))
    #expect(try !gives(["needVhostNet": true, "drivers": ["iavf"]]))
  }

  @Test func numbersThatChangeWhilePodsRun() throws {
    let config = try Pools.config()
    let pools = [[42, 43], [43, 42], [42, 44]].map { Pools.partition(machine($0), config).pools[0] }
    #expect(pools[1].needsOtherNumbers(than: pools[0], nodes: Machines.nodes))
    #expect(pools[2].needsOtherNumbers(than: pools[0], nodes: Machines.nodes))
    #expect(!pools[0].needsOtherNumbers(than: pools[0], nodes: Machines.nodes))
  }
}
