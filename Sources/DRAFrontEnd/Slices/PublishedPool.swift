public import ResourcePools

/// A pool as DRA publishes it: devices with names that the API allows, and the units behind them.
public struct PublishedPool: Sendable {
  /// The extended resource, e.g. `intel.com/sriov_net`.
  public let resource: ResourceName
  /// The pool's name in the API, e.g. `node1/intel.com/sriov-net`.
  public let name: String
  /// The devices in the pool's order: the scheduler takes the first one that fits.
  public let devices: [Entry]

  /// One device of the pool, and the unit behind it.
  public struct Entry: Sendable {
    /// The device as the slice lists it.
    public let device: SliceDevice
    /// The unit that `ResourcePool.allocate` gets for it; the first one of replicas.
    public let unit: String
    /// The device's id in the inventory; empty for a shared pool.
    public let deviceID: String
  }

  /// Publishes a pool of the node with this name.
  ///
  /// Replicas of a device are one device that several claims can have. So are the units of a shared pool, because each
  /// of them means all devices of the pool.
  public init(_ pool: ResourcePool, node: String, driver: DriverName) {
    resource = pool.name
    name = ObjectName.pool(pool.name, on: node)
    var entries: [Entry] = []
    var names: Set<String> = []
    var last: String?
    for unit in pool.units {
      let isShared = pool.config.type.ownership == .shared
      let id = isShared ? "" : UnitID.device(of: unit.id)
      // Replicas of one device are next to each other.
      if id == last { continue }
      last = id
      var name = ObjectName.label(isShared ? pool.name.name : id)
      if !names.insert(name).inserted {
        name = ObjectName.told(name, apart: id)
        names.insert(name)
      }
      let device = SliceDevice(
        name: name, attributes: DeviceAttributes(of: unit, in: pool).all, slots: Self.slots(of: pool.config),
        taint: unit.health.taint(by: driver))
      entries.append(Entry(device: device, unit: unit.id, deviceID: id))
    }
    devices = entries
  }

  private init(_ other: PublishedPool, devices: [Entry]) {
    resource = other.resource
    name = other.name
    self.devices = devices
  }

  /// The pool without its unhealthy devices, except those of the `held` units, because claims need a slice with their
  /// devices.
  func withoutSick(but held: Set<String>) -> PublishedPool {
    PublishedPool(self, devices: devices.filter { $0.device.taint == nil || held.contains($0.unit) })
  }

  /// The device of this name; nil when the pool has none.
  public subscript(device name: String) -> Entry? { devices.first { $0.device.name == name } }

  private static func slots(of pool: PoolConfig) -> Int? {
    if let shared = pool.shared { return shared.rdmaHcaMax }
    return pool.replicas > 1 ? pool.replicas : nil
  }
}

extension Unit.Health {
  fileprivate func taint(by driver: DriverName) -> DeviceTaint? {
    if case .unhealthy(let reason) = self { DeviceTaint(unhealthy: reason, driver: driver) } else { nil }
  }
}
