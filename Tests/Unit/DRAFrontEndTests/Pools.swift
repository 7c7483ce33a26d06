import DRAFrontEnd
import HostInventory
import ResourcePools
import TestSupport
import Testing

/// Pools of a recorded machine as DRA knows them.
enum Pools {
  static func partition(_ config: String, on machine: String) throws -> PoolPartition {
    let (inventory, _) = try MachineTree(named: machine).read()
    return PoolPartition(inventory: inventory, pools: try configs(config))
  }

  static func configs(_ text: String) throws -> [PoolConfig] {
    let (config, problems) = PluginConfig.decode(
      Array(text.utf8), file: "config.json",
      defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: true, node: .any))
    let usable = try #require(config, "\(problems)")
    return usable.pools + usable.sharedPools
  }

  static func published(_ config: String, on machine: String, driver: DriverName = .standard) throws -> [PublishedPool]
  {
    try partition(config, on: machine).pools.map { PublishedPool($0, node: "node1", driver: driver) }
  }

  /// A pool of so many devices, the given one of them sick.
  static func large(_ count: Int, sick: Int? = nil) throws -> PublishedPool {
    let config = try #require(try configs(#"{"resourceList":[{"resourceName":"net","selectors":{}}]}"#).first)
    let units = (0..<count).map { number in
      let address = PCIAddress(
        domain: 0, bus: UInt8(number / 256), device: UInt8(number / 8 % 32), function: UInt8(number % 8))
      let device = Device(id: "\(address)", bus: .pci(address), vendor: 0x8086, product: 0x1889, classCode: 0x020000)
      return Unit(
        id: device.id, members: [.init(device: device, selector: 0)],
        health: number == sick ? .unhealthy(reason: "link ens1f0 has no carrier") : .healthy)
    }
    return PublishedPool(ResourcePool(config: config, units: units), node: "node1", driver: .standard)
  }
}
