/// What one container gets: a value, until `AllocationEffects` has done what it asks for.
public struct Allocation: Sendable, Equatable {
  public var environment: [String: String] = [:]
  /// Each host path once, in request order.
  public var nodes: [DeviceNode] = []
  /// Each container path once.
  public var mounts: [Mount] = []
  public var annotations: [String: String] = [:]
  /// Fully qualified: `intel.com/net-pci=0000:3b:02.0`.
  public var cdiNames: [String] = []
  /// To be done before the answer goes out, in this order.
  public var effects: [Effect] = []

  public static let empty = Allocation()

  public init() {}

  public enum Effect: Sendable, Equatable {
    /// Write the DeviceInfo file that Multus reads.
    case deviceInfo(DeviceInfo)
    /// Reset the function at this PCI address through sysfs.
    case reset(String)
  }
}

/// A device node, `rw` unless told.
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

/// The content of a DeviceInfo file, device-info spec 1.1.0.
public struct DeviceInfo: Sendable, Equatable {
  public var resource: ResourceName
  /// The id that kubelet knows: the file's name is made of it.
  public var unit: String
  /// JSON, one line.
  public var text: String

  public init(resource: ResourceName, unit: String, text: String) {
    self.resource = resource
    self.unit = unit
    self.text = text
  }
}

/// Why kubelet gets no answer; each case carries the thing.
public enum AllocationError: Error, Sendable, Equatable, CustomStringConvertible {
  case unknownUnit(id: String, pool: ResourceName)
  case unhealthyUnit(id: String, pool: ResourceName, reason: String)
  case missing(device: String, what: String)

  public var description: String {
    switch self {
    case .unknownUnit(let id, let pool): "\(id) is not a device of \(pool)"
    case .unhealthyUnit(let id, let pool, let reason): "\(id) of \(pool) is unhealthy: \(reason)"
    case .missing(let device, let what): "\(device): \(what)"
    }
  }
}
