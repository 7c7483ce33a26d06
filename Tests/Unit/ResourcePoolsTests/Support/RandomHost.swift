import HostInventory
import ResourcePools
import TestSupport

/// Hosts and configurations by chance, from few enough words that they meet.
enum RandomHost {
  static let drivers = ["iavf", "vfio-pci", "igb_uio", "mlx5_core"]

  static func machine(_ random: inout SeededNumbers) -> Inventory {
    let devices = (0..<Int.random(in: 0...24, using: &random)).map { index -> Device in
      let id = PCIAddress(domain: 0, bus: UInt8(index), device: 0, function: 0).description
      var device = Machines.network(
        id, pick([0x8086, 0x15b3, 0x1eff], &random), pick([0x154c, 0x1018], &random),
        driver: chance(5, &random) ? nil : pick(drivers, &random), numa: pick([nil, 0, 1], &random),
        netdev: chance(2, &random) ? "eth\(index)" : nil, linkType: pick(["ether", "infiniband"], &random))
      if chance(5, &random) { device.classCode = 0x120000 }
      if chance(2, &random) {
        device.physicalFunction = PhysicalFunction(
          address: Machines.address("0000:f0:00.\(Int.random(in: 0...1, using: &random))"),
          name: pick(["ens1f0", "ens1f1", ""], &random), linkType: pick([nil, "ether"], &random),
          functionIndex: pick([nil, 0, 1, 2], &random))
      }
      if chance(3, &random) {
        device.rdma = [RDMADevice(name: "mlx5_\(index)", characterDevices: ["umad\(index)", "uverbs\(index)"])]
      }
      if chance(2, &random) { device.iommuGroup = IOMMUGroup(number: index, isNoIOMMU: chance(3, &random)) }
      if chance(3, &random) { device.uio = chance(2, &random) ? [] : ["uio\(index)"] }
      if chance(8, &random) { device.virtualFunctions = VirtualFunctions(total: 8, enabled: pick([0, 2], &random)) }
      if chance(10, &random) { device.defect = "numa_node is unreadable" }
      return device
    }
    return Inventory(devices: devices, nodes: Machines.nodes)
  }

  static func pools(_ random: inout SeededNumbers) throws -> [PoolConfig] {
    try (0..<Int.random(in: 1...4, using: &random)).map { index in
      let type = try Pools.required(
        DeviceTypeCatalog.named(pick(["netDevice", "netDevice", "accelerator", "rdmaShared"], &random)))
      let objects = try (0..<Int.random(in: 1...2, using: &random)).map { _ in try object(for: type, &random) }
      var config = PoolConfig(
        path: .root, name: ResourceName(prefix: "intel.com", name: "pool\(index)"), type: type, selectors: objects)
      if type.ownership == .shared { config.shared = PoolConfig.SharedOptions(rdmaHcaMax: 3) }
      if type.ownership == .claimed { config.replicas = pick([1, 1, 3], &random) }
      return config
    }
  }

  static func object(for type: DeviceType, _ random: inout SeededNumbers) throws -> SelectorObject {
    let words: Wanted = [
      "vendors": .list([pick(["8086", "15b3"], &random)]), "devices": .list([pick(["154c", "1018"], &random)]),
      "drivers": .list(Array(drivers.shuffled(using: &random).prefix(2))),
      "linkTypes": .list([pick(["ether", ""], &random)]),
      "pfNames": .list([pick(["ens1f0", "ens1f1#0-1"], &random)]), "rootDevices": .list(["0000:f0:00.0"]),
      "isRdma": .flag(true), "needVhostNet": .flag(true),
    ]
    let keys = words.keys.sorted().filter { _ in chance(4, &random) }
    return try Pools.object(
      Dictionary(uniqueKeysWithValues: keys.compactMap { key in words[key].map { (key, $0) } }), type: type, path: .root
    )
  }

  private static func pick<Value>(_ values: [Value], _ random: inout SeededNumbers) -> Value {
    values[Int.random(in: 0..<values.count, using: &random)]
  }

  /// One in `count`.
  private static func chance(_ count: Int, _ random: inout SeededNumbers) -> Bool {
    Int.random(in: 0..<count, using: &random) == 0
  }
}
