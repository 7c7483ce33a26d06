import HostInventory

extension Attachment {
  /// `rebellions`: the NPU's node, the group node that all NPUs share, and the vendor's tools, read-only.
  static let rebellions = Attachment(
    name: "rebellions", nodes: { _, _ in [.rsd0, .rblnStat, .rblnStatSystem, .rblnSMI] }, recheck: { _ in .everything },
    effects: { contexts in
      let npus = contexts.filter(\.pool.rsdGroups).compactMap { nodeName(of: $0.device) }.sorted()
      return npus.isEmpty ? [] : [MakeNPUGroup(npus: npus)]
    }
  ) { context throws(AllocationError) in
    let name: String
    switch context.device.rebellions {
    case .node(let known): name = known
    case .unknown(let reason): throw .missing(device: context.device.id, what: reason)
    case nil: throw .missing(device: context.device.id, what: "the rebellions driver tells of no node for it")
    }
    var nodes = [DeviceNode("/dev/\(name)")]
    // With `rsdGroups` the node is known only after the group was created.
    if context.nodes.has(.rsd0), !context.pool.rsdGroups { nodes.append(DeviceNode(HostNodes.Node.rsd0.rawValue)) }
    return Contribution(info: ["mount": "/dev/\(name)"], nodes: nodes, mounts: tools(on: context.nodes))
  }

  private static func nodeName(of device: Device) -> String? {
    if case .node(let name)? = device.rebellions { name } else { nil }
  }

  /// Older driver packages put `rbln-stat` below `/usr/local`; containers find it in one place.
  private static func tools(on nodes: HostNodes) -> [Mount] {
    let found: [(HostNodes.Node, in: String)] = [
      (.rblnStat, "/usr/bin/rbln-stat"), (.rblnStatSystem, "/usr/bin/rbln-stat"), (.rblnSMI, "/usr/bin/rbln-smi"),
    ]
    var mounts: [Mount] = []
    for (node, path) in found where nodes.has(node) && !mounts.contains(where: { $0.containerPath == path }) {
      mounts.append(Mount(hostPath: node.rawValue, containerPath: path, isReadOnly: true))
    }
    return mounts
  }
}

/// Creates a driver group of a container's NPUs; the group's node is added by `addGroupNode`.
public struct MakeNPUGroup: HostEffect {
  /// The names of the NPUs' nodes below `/dev`, e.g. `rbln0`.
  public let npus: [String]

  /// Creates the effect.
  public init(npus: [String]) { self.npus = npus }

  public var description: String { "group of \(npus.joined(separator: " and "))" }
}

extension Allocation {
  /// Adds the node of the NPU group that was created for this container, e.g. `/dev/rsd3`, after the first NPU's node.
  /// In the container it is `/dev/rsd0`. With CDI this is not possible, because spec files are written before.
  public mutating func addGroupNode(_ hostPath: String) {
    nodes.insert(DeviceNode(hostPath, inContainer: HostNodes.Node.rsd0.rawValue), at: min(1, nodes.count))
  }
}

extension PoolOptions {
  static let rsdGroups = PoolOption.flag(
    "rsdGroups", meaning: "The NPUs of one container are made a group of their own by rbln-smi.")
}

extension PoolConfig {
  /// Whether NPUs of one container become a group by `rbln-smi group`.
  public var rsdGroups: Bool {
    get { self[PoolOptions.rsdGroups] ?? false }
    set { self[PoolOptions.rsdGroups] = newValue }
  }
}
