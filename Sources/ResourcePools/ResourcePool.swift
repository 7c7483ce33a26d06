import HostInventory

/// A pool with its units: what one endpoint serves to kubelet.
public final class ResourcePool: Sendable {
  /// The pool's configuration.
  public let config: PoolConfig
  /// The units in inventory order; those of a shared pool by number.
  public let units: [Unit]
  /// Set when the configuration requests more units than fit into kubelet's list; nil otherwise.
  public let excess: ListExcess?
  private let positions: [String: Int]

  /// Creates a pool; of two units with the same id the first counts.
  public init(config: PoolConfig, units: [Unit], excess: ListExcess? = nil) {
    self.config = config
    self.excess = excess
    self.units = units
    positions = Dictionary(zip(units.lazy.map(\.id), units.indices)) { first, _ in first }
  }

  /// The extended resource.
  public var name: ResourceName { config.name }

  /// The unit with this id; nil when the pool has none.
  public subscript(id: String) -> Unit? { position(of: id).map { units[$0] } }

  func position(of id: String) -> Int? { positions[id] }

  /// The NUMA nodes that kubelet gets for a unit; nil for none, so that no affinity excludes it.
  ///
  /// Units of shared pools have none, because each of them gives all devices of the pool.
  public func topology(of unit: Unit) -> [Int]? {
    guard !config.excludeTopology, config.type.ownership == .claimed else { return nil }
    let nodes = unit.numaNodes
    return nodes.isEmpty ? nil : nodes
  }

  /// The ids of the devices of these units, each once, to be read again before `allocate`.
  ///
  /// Ids that the pool does not have are skipped; `allocate` refuses them.
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
