public import HostInventory

/// A kind of pool: which devices it may hold, by which keys they are selected, what a container gets with them.
///
/// One value per type, in a file of its own; `DeviceTypeCatalog.all` lists them. Nothing else switches over the name.
public final class DeviceType: Sendable {
  /// Why a device may or may not be in a pool of this type.
  public enum Admission: Sendable, Equatable {
    /// It is another kind of device, which needs no explanation.
    case foreign
    /// It is of this kind and cannot be offered.
    case refused(Refusal)
    case candidate
  }
  /// The optional calls that a pool asks kubelet for.
  public enum Registration: Sendable {
    case plain
    /// kubelet must call PreStartContainer (the device moves then).
    case preStart
  }
  /// Whether a device in a pool of this type is unavailable to other pools.
  public enum Ownership: Sendable {
    /// The first pool of the configuration that selects a device gets it.
    case claimed
    /// Pools may overlap each other and any other pool.
    case shared
  }

  /// `netDevice`, as in the configuration.
  public let name: String
  public let ownership: Ownership
  public let admission: @Sendable (Device, PoolConfig, HostNodes) -> Admission
  /// In the order in which the stages apply.
  public let selectors: [SelectorKind]
  /// Keys of its pools beside those that all pools have.
  let options: [any PoolKey]
  /// In the order in which their nodes are handed out.
  public let attachments: @Sendable (Device) -> [Attachment]
  /// The units of one container in the order in which they are handed out; kubelet asks in any order.
  public let arrange: @Sendable ([Unit]) -> [Unit]
  /// Variables of one container from its units and the attachments' information.
  public let environment: @Sendable (ResourceName, [Unit], AttachmentInfo) -> [String: String]
  /// Why a device of this type is unusable although it exists; nil when it is usable.
  public let fault: @Sendable (Device) -> String?
  public let cdi: CDINaming
  /// Multus reads DeviceInfo files of these pools.
  public let writesDeviceInfo: Bool
  public let registration: Registration
  /// A container takes the network interface with the device, so that the node's uplink should not be offered.
  public let mayTakeUplink: Bool
  /// The default resource name of such a pool; nil when the configuration must give one.
  public let standardResource: ResourceName?

  init(
    name: String, ownership: Ownership = .claimed,
    admission: @escaping @Sendable (Device, PoolConfig, HostNodes) -> Admission, selectors: [SelectorKind],
    options: [any PoolKey] = [], attachments: @escaping @Sendable (Device) -> [Attachment],
    arrange: @escaping @Sendable ([Unit]) -> [Unit] = { $0 },
    environment: @escaping @Sendable (ResourceName, [Unit], AttachmentInfo) -> [String: String],
    fault: @escaping @Sendable (Device) -> String? = { _ in nil },
    cdi: CDINaming, writesDeviceInfo: Bool = false, registration: Registration = .plain,
    mayTakeUplink: Bool = false, standardResource: ResourceName? = nil
  ) {
    self.name = name
    self.ownership = ownership
    self.admission = admission
    self.selectors = selectors
    self.options = options
    self.attachments = attachments
    self.arrange = arrange
    self.environment = environment
    self.fault = fault
    self.cdi = cdi
    self.writesDeviceInfo = writesDeviceInfo
    self.registration = registration
    self.mayTakeUplink = mayTakeUplink
    self.standardResource = standardResource
  }
}
