import HostInventory
import ResourcePools
import TestSupport
import Testing

/// What holds for every host and every configuration.
@Suite struct PartitionPropertyTests {
  private static let seeds: Range<UInt64> = 0..<200

  @Test(arguments: seeds) func everyDeviceIsInAtMostOneClaimingPoolAndInInventoryOrder(seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    let machine = RandomHost.machine(&random)
    let pools = PoolPartition(inventory: machine, pools: try RandomHost.pools(&random)).pools
    let places = Dictionary(uniqueKeysWithValues: machine.devices.enumerated().map { ($1.id, $0) })
    var taken: Set<String> = []
    for pool in pools where pool.config.type.ownership == .claimed {
      let devices = pool.units.flatMap(\.members).map(\.device)
      let order = try devices.map { try #require(places[$0.id]) }
      #expect(order == order.sorted())
      for id in Set(devices.map(\.id)) { #expect(taken.insert(id).inserted, "\(id) is in two pools") }
      for device in devices {
        #expect(pool.config.type.admission(device, pool.config, machine.nodes) == .candidate)
      }
      #expect(Set(pool.units.map(\.id)).count == pool.units.count)
    }
  }

  @Test(arguments: seeds) func everyDeviceIsInAPoolOrHasAReasonFromEachPoolOfItsKind(seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    let machine = RandomHost.machine(&random)
    let partition = PoolPartition(inventory: machine, pools: try RandomHost.pools(&random))
    let members = Set(partition.pools.flatMap(\.units).flatMap(\.members).map(\.device.id))
    let unassigned = Dictionary(uniqueKeysWithValues: partition.unassigned.map { ($0.id, $0) })
    for device in machine.devices {
      let entries = try #require(partition.explanation(of: device.id)).entries
      #expect(entries.count == partition.pools.count)
      let isMember = entries.contains { if case .member = $0.outcome { true } else { false } }
      #expect(isMember == members.contains(device.id))
      let isForeign = entries.allSatisfy { if case .foreign = $0.outcome { true } else { false } }
      #expect((unassigned[device.id] != nil) == (!isMember && !isForeign), "\(device.id): \(entries.map(\.outcome))")
    }
  }

  @Test(arguments: seeds) func aStageMoreNeverAddsADeviceAndOrderDoesNotMatter(seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    let machine = RandomHost.machine(&random)
    let type = try #require(DeviceTypeCatalog.named("netDevice"))
    let object = try RandomHost.object(for: type, &random)
    let stages = object.pipeline.stages
    func members(_ stages: [Selector]) -> [String] {
      machine.devices.filter { SelectorPipeline(stages: stages).firstRefusal(of: $0) == nil }.map(\.id)
    }
    let all = members(stages)
    #expect(members(stages.shuffled(using: &random)) == all)
    for index in stages.indices {
      var fewer = stages
      fewer.remove(at: index)
      #expect(Set(members(fewer)).isSuperset(of: all))
    }
  }

  @Test(arguments: seeds) func everyUnitCanBeAllocatedAlone(seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    let machine = RandomHost.machine(&random)
    for pool in PoolPartition(inventory: machine, pools: try RandomHost.pools(&random)).pools {
      let kind = pool.config.type.cdi.kind(of: pool.name)
      let known = Set(pool.cdiSpec(nodes: machine.nodes)?.devices.map { "\(kind)=\($0.name)" } ?? [])
      for unit in pool.units where unit.health == .healthy {
        let answer = try pool.allocate(unit.id, on: machine)
        let paths = answer.nodes.map(\.hostPath)
        #expect(Set(paths).count == paths.count)
        let named = try pool.allocate(unit.id, on: machine, cdi: .both)
        #expect(named.environment == answer.environment)
        #expect(named.cdiNames.isEmpty == answer.nodes.isEmpty)
        #expect(known.isSuperset(of: named.cdiNames))
      }
    }
  }

  /// Whatever happens to host and configuration, a pod's unit stays in its pool and its device in no other.
  @Test(arguments: seeds) func unitsOfPodsStay(seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    let before = RandomHost.machine(&random)
    let pools = try RandomHost.pools(&random)
    let partition = PoolPartition(inventory: before, pools: pools)
    let held = partition.pools.flatMap { pool in
      pool.units.filter { _ in Int.random(in: 0..<3, using: &random) == 0 }.map {
        HeldUnit(pool: pool.name, unit: $0.id, devices: $0.members.map(\.device))
      }
    }
    let after = before.changed { device in
      var device = device
      switch Int.random(in: 0..<6, using: &random) {
      case 0: return nil
      case 1: device.driver = nil
      case 2: device.driver = "vfio-pci"
      case 3: device.interfaces = []
      default: break
      }
      return device
    }
    let changed = PoolPartition(inventory: after, pools: pools.shuffled(using: &random), held: held)
    for unit in held {
      let pool = try #require(changed.pools.first { $0.name == unit.pool })
      #expect(pool[unit.unit] != nil, "\(unit.unit) has left \(unit.pool)")
      guard pool.config.type.ownership == .claimed else { continue }
      for other in changed.pools where other.name != unit.pool && other.config.type.ownership == .claimed {
        #expect(!other.units.contains { $0.members.contains { $0.device.id == unit.devices.first?.id } })
      }
    }
  }
}
