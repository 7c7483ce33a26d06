import HostInventory

/// A pool with its members: what one kubelet endpoint serves.
public final class ResourcePool: Sendable {
  public let config: PoolConfig
  /// In inventory order (address order; numeric for shared pools).
  public let units: [Unit]
  /// Nil when all units that the configuration asks for fit into kubelet's list.
  public let excess: ListExcess?
  private let positions: [String: Int]

  public init(config: PoolConfig, units: [Unit], excess: ListExcess? = nil) {
    self.config = config
    self.excess = excess
    self.units = units
    positions = Dictionary(zip(units.lazy.map(\.id), units.indices)) { first, _ in first }
  }

  public var name: ResourceName { config.name }

  public subscript(id: String) -> Unit? { position(of: id).map { units[$0] } }

  func position(of id: String) -> Int? { positions[id] }

  /// The NUMA nodes of a unit that kubelet receives; nil for none, so that no affinity excludes the unit.
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
