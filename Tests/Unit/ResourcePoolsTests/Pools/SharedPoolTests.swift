import HostInventory
import ResourcePools
import Testing

/// Pools of `configList`: numbers over devices that others may have too.
@Suite struct SharedPoolTests {
  /// Two HCAs (the second on Ethernet, without issm) and an RDMA NIC that has no umad.
  static let hcas: Inventory = {
    var first = Machines.network(
      "0000:5e:00.0", 0x15b3, 0x1017, driver: "mlx5_core", numa: 0, netdev: "ib0", linkType: "infiniband")
    first.rdma = [RDMADevice(name: "mlx5_0", characterDevices: ["issm0", "umad0", "uverbs0"])]
    var second = Machines.network("0000:86:00.0", 0x15b3, 0x1019, driver: "mlx5_core", numa: 1, netdev: "ib1")
    second.rdma = [RDMADevice(name: "mlx5_1", characterDevices: ["umad1", "uverbs1"])]
    var partial = Machines.network("0000:87:00.0", 0x15b3, 0x1019, driver: "mlx5_core", netdev: "ib2")
    partial.rdma = [RDMADevice(name: "mlx5_2", characterDevices: ["uverbs2"])]
    return Inventory(devices: [first, second, partial], nodes: Machines.nodes)
  }()

  private func shared(_ wanted: Wanted, max: Int = 3, name: String = "hca_shared_devices_a") throws -> PoolConfig {
    var config = try Pools.config([wanted], name: name, type: "rdmaShared", prefix: "rdma")
    config.shared = PoolConfig.SharedOptions(rdmaHcaMax: max)
    return config
  }

  @Test func unitsAreNumbersOverAllHCAs() throws {
    let pool = Pools.partition(Self.hcas, try shared(["vendors": ["15b3"]])).pools[0]
    #expect(pool.units.map(\.id) == ["0", "1", "2"])
    #expect(pool.units.allSatisfy { $0.members.map(\.device.id) == ["0000:5e:00.0", "0000:86:00.0"] })
    #expect(pool.units.map(pool.topology) == [nil, nil, nil])
    let answer = try pool.allocate("2", "0", on: Self.hcas)
    let names = ["issm0", "umad0", "uverbs0", "rdma_cm", "umad1", "uverbs1"]
    #expect(answer.nodes == names.map { DeviceNode("/dev/infiniband/\($0)", permissions: "rwm") })
    #expect(answer.environment.isEmpty && answer.effects.isEmpty)
  }

  /// Numbers are listed as numbers and looked up as words, whose order is another.
  @Test func everyUnitIsFound() throws {
    let pool = Pools.partition(Self.hcas, try shared(["vendors": ["15b3"]], max: 123)).pools[0]
    #expect((0..<123).allSatisfy { pool[String($0)]?.id == String($0) })
    #expect(["", "-1", "00", "123", "1000", "a"].allSatisfy { pool[$0] == nil })
  }

  /// The original's sockets have the resource's name alone.
  @Test func socketsOfTwoPrefixesDiffer() {
    let names = ["rdma", "other.io"].map { ResourceName(prefix: $0, name: "hca").socketName }
    #expect(names == ["rdma_hca.sock", "other.io_hca.sock"])
  }

  @Test(
    arguments: [
      (["ifNames": ["ib1"]], ["0000:86:00.0"]), (["deviceIDs": ["1017"]], ["0000:5e:00.0"]),
      (["linkTypes": ["ether"]], ["0000:86:00.0"]), (["drivers": ["mlx5_core"], "ifNames": ["ib0"]], ["0000:5e:00.0"]),
      (["ifNames": ["ib2"]], []),
    ] as [(Wanted, [String])]) func selectors(wanted: Wanted, members: [String]) throws
  {
    let pool = Pools.partition(Self.hcas, try shared(wanted)).pools[0]
    #expect((pool.units.first?.members.map(\.device.id) ?? []) == members)
    #expect(pool.units.isEmpty == members.isEmpty)
  }

  @Test func withoutConnectionManagerThereIsNoPool() throws {
    let pool = Pools.partition(Self.hcas.with(HostNodes(present: [])), try shared([:])).pools[0]
    #expect(pool.units.isEmpty)
  }

  @Test func sharedPoolsOverlapEachOtherAndOtherPools() throws {
    let partition = Pools.partition(
      Self.hcas, try shared([:], name: "a"), try Pools.config([["isRdma": true]]), try shared([:], name: "b"))
    #expect(partition.pools.map { $0.units.first?.members.count } == [2, 1, 2])
    #expect(partition.pools[1].units.count == 3)
  }

  @Test func aVanishedHCAMakesTheAnswerSmaller() throws {
    let pool = Pools.partition(Self.hcas, try shared([:])).pools[0]
    let left = Self.hcas.changed { $0.id == "0000:5e:00.0" ? nil : $0 }
    #expect(try pool.allocate("0", on: left).nodes.map(\.hostPath).first == "/dev/infiniband/umad1")
    let none = Self.hcas.changed { _ in nil }
    #expect(throws: AllocationError.self) { try pool.allocate("0", on: none) }
  }

  @Test func unitsAreUnhealthyOnlyWhenAllHCAsAre() throws {
    let config = try shared([:])
    func health(_ sick: [String]) -> Set<Unit.Health> {
      let healths = Dictionary(uniqueKeysWithValues: sick.map { ($0, Unit.Health.unhealthy(reason: "down")) })
      let pools = PoolPartition(
        inventory: Self.hcas, pools: [config], health: { device, _ in healths[device.id] ?? .healthy }
      ).pools
      return Set(pools[0].units.map(\.health))
    }
    #expect(health(["0000:5e:00.0"]) == [.healthy])
    #expect(health(["0000:5e:00.0", "0000:86:00.0"]) == [.unhealthy(reason: "down")])
  }

  /// The original names devices by address alone: with two pools over one HCA neither resolves.
  @Test func cdiNamesOfTwoPoolsOverOneHCADiffer() throws {
    let partition = Pools.partition(Self.hcas, try shared([:], name: "a"), try shared([:], name: "b"))
    let specs = partition.pools.compactMap { $0.cdiSpec(nodes: Machines.nodes) }
    #expect(specs.map(\.kind) == ["nvidia.com/net-rdma", "nvidia.com/net-rdma"])
    #expect(
      specs.map(\.fileName) == ["sriov-dp-nvidia.com-net-rdma-rdma_a.json", "sriov-dp-nvidia.com-net-rdma-rdma_b.json"])
    #expect(specs.first?.devices.map(\.name) == ["rdma_a-0000:5e:00.0", "rdma_a-0000:86:00.0"])
    #expect(Set(specs.flatMap { $0.devices.map(\.name) }).count == 4)
    let answer = try partition.pools[1].allocate("1", on: Self.hcas, cdi: .both)
    #expect(
      answer.cdiNames == ["nvidia.com/net-rdma=rdma_b-0000:5e:00.0", "nvidia.com/net-rdma=rdma_b-0000:86:00.0"])
    #expect(answer.annotations.keys.sorted() == ["cdi.k8s.io/nvidia.com_net-rdma"])
  }
}
