public import HostInventory

/// Something a container gets with a device: nodes, mounts, a section of `PCIDEVICE_…_INFO`, and what must be done on the
/// host for it.
public struct Attachment: Sendable {
  /// The section's key in INFO: `vfio`.
  public let name: String
  /// Nodes of the host that `contribute` asks for, for such a device in such a pool: only these are looked up.
  public let nodes: @Sendable (Device, SelectorObject) -> [HostNodes.Node]
  /// How much of such a device must be read again before a container gets it.
  public let recheck: @Sendable (Device) -> Recheck
  /// What must be done on the host for one container. There is a context for each of its devices that the attachment is
  /// for, all of one pool. Nil when nothing is to be done.
  public let effects: (@Sendable ([AttachmentContext]) -> [any HostEffect])?
  /// Returns nil when the device has no such part; INFO then has no section.
  public let contribute: @Sendable (AttachmentContext) throws(AllocationError) -> Contribution?

  public init(
    name: String, nodes: @escaping @Sendable (Device, SelectorObject) -> [HostNodes.Node] = { _, _ in [] },
    recheck: @escaping @Sendable (Device) -> Recheck = { _ in .binding },
    effects: (@Sendable ([AttachmentContext]) -> [any HostEffect])? = nil,
    contribute: @escaping @Sendable (AttachmentContext) throws(AllocationError) -> Contribution?
  ) {
    self.name = name
    self.nodes = nodes
    self.recheck = recheck
    self.effects = effects
    self.contribute = contribute
  }
}

/// What an attachment may look at: the device as it is now, the selector object that took it, and what the pool adds.
public struct AttachmentContext: Sendable {
  public let device: Device
  public let selector: SelectorObject
  public let nodes: HostNodes
  private let owner: ResourcePool

  init(device: Device, selector: SelectorObject, pool: ResourcePool, nodes: HostNodes) {
    self.device = device
    self.selector = selector
    self.nodes = nodes
    owner = pool
  }

  /// The pool that has the device.
  public var pool: PoolConfig { owner.config }
}

/// What one attachment adds for one device.
public struct Contribution: Sendable, Equatable {
  public var info: InfoSection
  public var nodes: [DeviceNode]
  public var mounts: [Mount]

  public init(info: InfoSection = [:], nodes: [DeviceNode] = [], mounts: [Mount] = []) {
    self.info = info
    self.nodes = nodes
    self.mounts = mounts
  }
}
