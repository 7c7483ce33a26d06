import HostInventory

/// A pool with its members: what one kubelet endpoint serves.
public final class ResourcePool: Sendable {
  public let config: PoolConfig
  /// In inventory order (address order; numeric for shared pools).
  public let units: [Unit]
  /// Their positions by id; nil: they are in order already, as PCI functions are but for long domains.
  private let order: [Int]?

  public init(config: PoolConfig, units: [Unit]) {
    self.config = config
    self.units = units
    let isOrdered = units.indices.dropFirst().allSatisfy { units[$0 - 1].id < units[$0].id }
    order = isOrdered ? nil : units.indices.sorted { units[$0].id < units[$1].id }
  }

  public var name: ResourceName { config.name }

  /// Whether others may have to be waited for before a container gets its devices, not only the file system.
  public var allocationTakesTime: Bool {
    config.resetOnAllocate || config.rsdGroups || config.type.registration == .preStart
  }

  public subscript(id: String) -> Unit? { position(of: id).map { units[$0] } }

  func position(of id: String) -> Int? {
    let place = units.indices.partitionPoint { units[order?[$0] ?? $0].id < id }
    guard place < units.count else { return nil }
    let position = order?[place] ?? place
    return units[position].id == id ? position : nil
  }

  /// NUMA nodes to tell kubelet of a unit; nil: none, so that no affinity keeps a pod from it.
  ///
  /// Units of shared pools have none: any of them gives all of the pool's devices.
  public func topology(of unit: Unit) -> [Int]? {
    guard !config.excludeTopology, config.type.ownership == .claimed else { return nil }
    let nodes = unit.numaNodes
    return nodes.isEmpty ? nil : nodes
  }

  /// Ids of the devices behind these units, each once: what to read again before `allocate`.
  ///
  /// Units that the pool does not have are left out; `allocate` refuses them.
  public func devices(of ids: [String]) -> [String] {
    var known: Set<String> = []
    var devices: [String] = []
    for id in ids {
      for member in self[id]?.members ?? [] where known.insert(member.device.id).inserted {
        devices.append(member.device.id)
      }
    }
    return devices
  }
}
