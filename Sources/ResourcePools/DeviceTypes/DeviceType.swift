public import HostInventory

/// A kind of pool: which devices it may hold, by which keys they are selected, what a container gets with them.
///
/// One value per type, in a file of its own; `DeviceTypeCatalog.all` lists them. Nothing else switches over the name.
public struct DeviceType: Sendable {
  /// Why a device may or may not be in a pool of this type.
  public enum Admission: Sendable, Equatable {
    /// It is another kind of device; not worth a word.
    case foreign
    /// It is of this kind and can't be offered: the reason, with the value seen.
    case refused(String)
    case candidate
  }
  public enum Registration: Sendable {
    case plain
    /// kubelet must call PreStartContainer (the device moves then).
    case preStart
  }

  /// `netDevice`, as in the configuration.
  public let name: String
  public let admission: @Sendable (Device, PoolConfig) -> Admission
  /// In the order in which the stages apply.
  public let selectors: [SelectorKind]
  /// In the order in which their nodes are handed out.
  public let attachments: [Attachment]
  /// Variables of one container from its units and the attachments' information.
  public let environment: @Sendable (ResourceName, [Unit], [String: [String: [String: String]]]) -> [String: String]
  /// The class part of the CDI kind `<prefix>/<class>`: `net-pci`.
  public let cdiClass: String
  /// Multus reads DeviceInfo files of these pools.
  public let writesDeviceInfo: Bool
  public let registration: Registration

  public init(
    name: String, admission: @escaping @Sendable (Device, PoolConfig) -> Admission, selectors: [SelectorKind],
    attachments: [Attachment],
    environment: @escaping @Sendable (ResourceName, [Unit], [String: [String: [String: String]]]) -> [String: String],
    cdiClass: String, writesDeviceInfo: Bool, registration: Registration = .plain
  ) {
    self.name = name
    self.admission = admission
    self.selectors = selectors
    self.attachments = attachments
    self.environment = environment
    self.cdiClass = cdiClass
    self.writesDeviceInfo = writesDeviceInfo
    self.registration = registration
  }
}
