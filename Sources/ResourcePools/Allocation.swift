import HostInventory

/// What one container gets, and what must be done on the host for it. It is a value; `AllocationEffects` performs the
/// effects.
public struct Allocation: Sendable, Equatable {
  /// Environment variables by name.
  public var environment: [String: String] = [:]
  /// Device nodes in the order of the request, each host path once.
  public var nodes: [DeviceNode] = []
  /// Bind mounts, each container path once.
  public var mounts: [Mount] = []
  /// Annotations for the container, e.g. with CDI names.
  public var annotations: [String: String] = [:]
  /// Fully qualified CDI names, e.g. `intel.com/net-pci=0000:3b:02.0`.
  public var cdiNames: [String] = []
  /// Effects to perform, in this order, before kubelet is answered.
  public var effects: [Effect] = []

  /// An allocation that gives a container nothing.
  public static let empty = Allocation()

  /// Creates an empty allocation.
  public init() {}

  /// Something that is done on the host for an allocation.
  public enum Effect: Sendable {
    /// An effect of an attachment. It may change the answer.
    case host(any HostEffect)
    /// Write the spec file again: a device has changed since, e.g. because a driver was bound.
    case cdiSpec(CDISpec)
    /// Write the DeviceInfo file that Multus reads.
    case deviceInfo(DeviceInfo)
  }
}

extension Allocation {
  /// Adds what one device contributes. Of two nodes with one host path, or mounts with one container path, the first
  /// counts.
  mutating func add(_ contribution: Contribution) {
    for node in contribution.nodes where !nodes.contains(where: { $0.hostPath == node.hostPath }) {
      nodes.append(node)
    }
    for mount in contribution.mounts where !mounts.contains(where: { $0.containerPath == mount.containerPath }) {
      mounts.append(mount)
    }
  }
}

/// A device node that a container gets.
public struct DeviceNode: Sendable, Hashable {
  /// The path on the node.
  public var hostPath: String
  /// The path in the container.
  public var containerPath: String
  /// Letters of `rwm` for the device cgroup.
  public var permissions: String

  /// Creates a node; without a container path it has the same path in the container.
  public init(_ path: String, inContainer containerPath: String? = nil, permissions: String = "rw") {
    self.hostPath = path
    self.containerPath = containerPath ?? path
    self.permissions = permissions
  }
}

/// A file or directory of the host that a container gets as a bind mount.
public struct Mount: Sendable, Hashable {
  /// The path on the node.
  public var hostPath: String
  /// The path in the container.
  public var containerPath: String
  /// Whether the container may not write to it.
  public var isReadOnly: Bool

  /// Creates a mount.
  public init(hostPath: String, containerPath: String, isReadOnly: Bool) {
    self.hostPath = hostPath
    self.containerPath = containerPath
    self.isReadOnly = isReadOnly
  }
}

/// Why an Allocate call fails.
public enum AllocationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The pool has no unit with this id.
  case unknownUnit(id: String, pool: ResourceName)
  /// The unit is unhealthy, for `reason`.
  case unhealthyUnit(id: String, pool: ResourceName, reason: String)
  /// The device has changed since it was offered, or lacks something that a container needs.
  case missing(device: String, what: String)
  /// The free NPUs are in several NUMA nodes, which the pool does not allow.
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
