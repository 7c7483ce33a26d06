public import HostInventory

/// Something a container gets with a device: nodes, mounts, and a section of `PCIDEVICE_…_INFO`.
public struct Attachment: Sendable {
  /// The section's key in INFO: `vfio`.
  public let name: String
  /// Nodes of the host that `contribute` asks for, for such a device in such a pool: only these are looked up.
  public let nodes: @Sendable (Device, SelectorObject) -> [HostNodes.Node]
  /// Nil: this device has no such thing, and INFO no such section.
  public let contribute: @Sendable (AttachmentContext) throws(AllocationError) -> Contribution?

  public init(
    name: String, nodes: @escaping @Sendable (Device, SelectorObject) -> [HostNodes.Node] = { _, _ in [] },
    contribute: @escaping @Sendable (AttachmentContext) throws(AllocationError) -> Contribution?
  ) {
    self.name = name
    self.nodes = nodes
    self.contribute = contribute
  }
}

/// What an attachment may look at: the device as it is now, the selector object that took it, and the pool.
public struct AttachmentContext: Sendable {
  public let device: Device
  public let selector: SelectorObject
  public let pool: PoolConfig
  public let nodes: HostNodes

  public init(device: Device, selector: SelectorObject, pool: PoolConfig, nodes: HostNodes) {
    self.device = device
    self.selector = selector
    self.pool = pool
    self.nodes = nodes
  }
}

public struct Contribution: Sendable, Equatable {
  public var info: [String: String]
  public var nodes: [DeviceNode]
  public var mounts: [Mount]

  public init(info: [String: String] = [:], nodes: [DeviceNode] = [], mounts: [Mount] = []) {
    self.info = info
    self.nodes = nodes
    self.mounts = mounts
  }
}
