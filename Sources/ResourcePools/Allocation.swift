import HostInventory

/// What one container gets. It is a value; `AllocationEffects` performs its effects.
public struct Allocation: Sendable, Equatable {
  public var environment: [String: String] = [:]
  /// Each host path once, in request order.
  public var nodes: [DeviceNode] = []
  /// Each container path once.
  public var mounts: [Mount] = []
  public var annotations: [String: String] = [:]
  /// Fully qualified: `intel.com/net-pci=0000:3b:02.0`.
  public var cdiNames: [String] = []
  /// Performed in this order before kubelet is answered.
  public var effects: [Effect] = []

  public static let empty = Allocation()

  public init() {}

  /// Something that is done on the host for an allocation.
  public enum Effect: Sendable {
    /// What an attachment asks for. It may change the answer.
    case host(any HostEffect)
    /// The devices' spec file is out of date, for instance because a driver was rebound: write it again.
    case cdiSpec(CDISpec)
    /// Write the DeviceInfo file that Multus reads.
    case deviceInfo(DeviceInfo)
  }
}

extension Allocation {
  /// Adds what one device contributes; a host path or a mount's place in the container is taken once, by the first.
  mutating func add(_ contribution: Contribution) {
    for node in contribution.nodes where !nodes.contains(where: { $0.hostPath == node.hostPath }) {
      nodes.append(node)
    }
    for mount in contribution.mounts where !mounts.contains(where: { $0.containerPath == mount.containerPath }) {
      mounts.append(mount)
    }
  }
}

/// A device node, with permissions `rw` by default.
public struct DeviceNode: Sendable, Hashable {
  public var hostPath: String
  public var containerPath: String
  public var permissions: String

  public init(_ path: String, inContainer containerPath: String? = nil, permissions: String = "rw") {
    self.hostPath = path
    self.containerPath = containerPath ?? path
    self.permissions = permissions
  }
}

/// A file or directory of the host that the container gets.
public struct Mount: Sendable, Hashable {
  public var hostPath: String
  public var containerPath: String
  public var isReadOnly: Bool

  public init(hostPath: String, containerPath: String, isReadOnly: Bool) {
    self.hostPath = hostPath
    self.containerPath = containerPath
    self.isReadOnly = isReadOnly
  }
}

/// Why an Allocate call fails.
public enum AllocationError: Error, Sendable, Equatable, CustomStringConvertible {
  case unknownUnit(id: String, pool: ResourceName)
  case unhealthyUnit(id: String, pool: ResourceName, reason: String)
  /// The device has changed since it was offered, or lacks something that a container needs.
  case missing(device: String, what: String)
  /// The NPUs that are free lie in several NUMA nodes.
  case apart(count: Int, pool: ResourceName)

  public var description: String {
    switch self {
    case .unknownUnit(let id, let pool): "\(id) is not a device of \(pool)"
    case .unhealthyUnit(let id, let pool, let reason): "\(id) of \(pool) is unhealthy: \(reason)"
    case .missing(let device, let what): "\(device): \(what)"
    case .apart(let count, let pool):
      "no NUMA node has \(count) free devices of \(pool), and the pool does not allow several: set allowCrossNuma, or "
        + "wait until devices of one node are free"
    }
  }
}
