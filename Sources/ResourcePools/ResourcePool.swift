public import HostInventory

/// A pool with its members: what one kubelet endpoint serves.
public struct ResourcePool: Sendable {
  public let config: PoolConfig
  /// In inventory order (address order; numeric for shared pools).
  public let units: [Unit]
  private let indexByID: [String: Int]

  public init(config: PoolConfig, units: [Unit]) {
    self.config = config
    self.units = units
    var index: [String: Int] = [:]
    index.reserveCapacity(units.count)
    for (position, unit) in units.enumerated() { index[unit.id] = position }
    indexByID = index
  }

  public var name: ResourceName { config.name }

  public subscript(id: String) -> Unit? { indexByID[id].map { units[$0] } }
}
