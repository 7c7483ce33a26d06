public import ResourcePools

/// A pool for DRA: devices with names of the API, and the units behind them.
public struct PublishedPool: Sendable {
  public let resource: ResourceName
  /// `node1/intel.com/sriov-net`.
  public let name: String
  /// In the pool's order: the scheduler takes the first device that fits.
  public let devices: [Entry]

  /// One device of the pool, and the unit behind it.
  public struct Entry: Sendable {
    public let device: SliceDevice
    /// The unit of the pool that stands for it in `ResourcePool.allocate`; of replicas the first.
    public let unit: String
    /// The device's own id; of a shared pool the empty string.
    public let deviceID: String
  }

  /// The devices of a pool on a node of this name.
  ///
  /// Replicas are one device that several claims can have; so are a shared pool's numbers, since each of them stands for
  /// all of the pool's devices.
  public init(_ pool: ResourcePool, node: String, driver: DriverName) {
    resource = pool.name
    name = ObjectName.pool(pool.name, on: node)
    var entries: [Entry] = []
    var names: Set<String> = []
    var last: String?
    for unit in pool.units {
      let isShared = pool.config.type.ownership == .shared
      let id = isShared ? "" : UnitID.device(of: unit.id)
      // Replicas of one device follow each other.
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

  /// The pool without its sick devices, but for those of the `held` units: claims need a slice that has their devices.
  func withoutSick(but held: Set<String>) -> PublishedPool {
    PublishedPool(self, devices: devices.filter { $0.device.taint == nil || held.contains($0.unit) })
  }

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
