public import HostInventory

/// A kind of pool: which devices it may have, by which keys they are selected, and what containers get with them.
///
/// Each type is one value in a file of its own; `DeviceTypeCatalog.all` lists them. No other code depends on a type's
/// name.
public final class DeviceType: Sendable {
  /// Whether a device may be in a pool of this type.
  public enum Admission: Sendable, Equatable {
    /// The device is of another kind, which needs no explanation.
    case foreign
    /// The device is of this kind and can't be offered.
    case refused(Refusal)
    /// The selectors decide.
    case candidate
  }
  /// Which optional calls a pool wants from kubelet.
  public enum Registration: Sendable {
    /// None.
    case plain
    /// PreStartContainer, in which the device is moved into the pod's network namespace.
    case preStart
  }
  /// Whether a device in a pool of this type is unavailable to other pools.
  public enum Ownership: Sendable {
    /// A device belongs to the first pool of the configuration that selects it.
    case claimed
    /// Pools may overlap each other and any other pool.
    case shared
  }

  /// The value of `deviceType`, e.g. `netDevice`.
  public let name: String
  /// Whether its pools own their devices.
  public let ownership: Ownership
  /// Whether a device may be in a pool of this type, before the selectors are asked.
  public let admission: @Sendable (Device, PoolConfig, HostNodes) -> Admission
  /// The selectors of such pools, in the order in which they apply.
  public let selectors: [SelectorKind]
  /// Keys of its pools beside those that all pools have.
  let options: [any PoolKey]
  /// The attachments of a device, in the order in which their nodes are handed out.
  public let attachments: @Sendable (Device) -> [Attachment]
  /// Orders the units of one container as they are handed out. kubelet sends them in no order.
  public let arrange: @Sendable ([Unit]) -> [Unit]
  /// The environment variables of one container, from its units and the attachments' information.
  public let environment: @Sendable (ResourceName, [Unit], AttachmentInfo) -> [String: String]
  /// Why an existing device can't be used now; nil when it can.
  public let fault: @Sendable (Device) -> String?
  /// How devices are named in CDI.
  public let cdi: CDINaming
  /// Whether Multus reads DeviceInfo files of such pools.
  public let writesDeviceInfo: Bool
  /// Which optional calls such a pool wants from kubelet.
  public let registration: Registration
  /// Whether a container takes the network interface with the device, so that the node's uplink must not be offered.
  public let mayTakeUplink: Bool
  /// The default resource name of such a pool; nil when the configuration must name one.
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
