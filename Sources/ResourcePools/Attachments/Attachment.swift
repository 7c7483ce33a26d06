public import HostInventory

/// Something that a container gets with a device: nodes, mounts, and a section of `PCIDEVICE_…_INFO`.
public struct Attachment: Sendable {
  /// The key of the section, e.g. `vfio`.
  public let name: String
  /// Which nodes of `HostNodes` `contribute` needs for such a device in such a pool; only these are looked for.
  public let nodes: @Sendable (Device, SelectorObject) -> [HostNodes.Node]
  /// How much of such a device must be read again before a container gets it.
  public let recheck: @Sendable (Device) -> Recheck
  /// The effects for one container. `contexts` has one entry for each of its devices with this attachment, all of one
  /// pool. nil when the attachment has no effects.
  public let effects: (@Sendable ([AttachmentContext]) -> [any HostEffect])?
  /// Returns what the device contributes; nil when it has no such part, so that INFO has no section.
  ///
  /// - Throws: When the device lacks something that a container needs.
  public let contribute: @Sendable (AttachmentContext) throws(AllocationError) -> Contribution?

  init(
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

/// The facts that an attachment may use: the device as it is now, the selector object that took it, and options of the
/// pool.
public struct AttachmentContext: Sendable {
  /// The device as it is now.
  public let device: Device
  /// The selector object that took the device.
  public let selector: SelectorObject
  /// Which device nodes and tools the host has.
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
  /// The section of `PCIDEVICE_…_INFO`; may be empty.
  public var info: InfoSection
  /// Device nodes in the order in which the container gets them.
  public var nodes: [DeviceNode]
  /// Bind mounts.
  public var mounts: [Mount]

  init(info: InfoSection = [:], nodes: [DeviceNode] = [], mounts: [Mount] = []) {
    self.info = info
    self.nodes = nodes
    self.mounts = mounts
  }
}
