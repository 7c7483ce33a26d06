import HostInventory
public import ResourcePools

/// A selector object as a test writes it.
typealias Wanted = [String: SelectorKind.Value]

extension SelectorKind.Value: ExpressibleByArrayLiteral, ExpressibleByBooleanLiteral, ExpressibleByStringLiteral {
  public init(arrayLiteral elements: String...) { self = .list(elements) }
  public init(booleanLiteral value: Bool) { self = .flag(value) }
  public init(stringLiteral value: String) { self = .text(value) }
}

enum Pools {
  /// A pool as the decoder would make it of these selector objects.
  static func config(
    _ objects: [Wanted] = [[:]], name: String = "a", type: String = "netDevice", prefix: String = "intel.com"
  ) throws -> PoolConfig {
    let type = try required(DeviceTypeCatalog.named(type))
    let path = ConfigPath.root.key("resourceList")[0]
    let selectors = try objects.enumerated().map { index, wanted in
      try object(wanted, type: type, path: path.key("selectors")[index])
    }
    return PoolConfig(
      path: path, name: ResourceName(prefix: prefix, name: name), type: type, selectors: selectors)
  }

  static func object(
    _ wanted: Wanted, type: DeviceType, path: ConfigPath, note: (ConfigProblem) -> Void = { _ in }
  ) throws -> SelectorObject {
    let stages = try type.selectors.compactMap { kind in
      try wanted[kind.key].flatMap { try kind.compile($0, path.key(kind.key), note) }
    }
    return SelectorObject(path: path, stages: stages, values: wanted)
  }

  static func partition(_ machine: Inventory, _ pools: PoolConfig...) -> PoolPartition {
    PoolPartition(inventory: machine, pools: pools)
  }

  /// Ids of a single pool's units on this host.
  static func members(
    of machine: Inventory, type: String = "netDevice", _ objects: Wanted...
  ) throws -> [String] {
    partition(machine, try config(objects, type: type)).pools[0].units.map(\.id)
  }

  static func required<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw Absent() }
    return value
  }

  struct Absent: Error {}
}

extension ResourcePool {
  /// Allocates on the host as it is in `machine`.
  func allocate(_ ids: String..., on machine: Inventory, cdi: CDIMode = .off) throws -> Allocation {
    try allocate(ids, seeing: devices(of: ids).compactMap { machine[$0] }, nodes: machine.nodes, cdi: cdi)
  }
}
