/// A device as devlink names it: `pci` and `0000:3b:00.0`, or `auxiliary` and `mlx5_core.sf.4`.
public struct DevlinkDevice: Sendable, Hashable {
  /// The bus, e.g. `pci` (DEVLINK_ATTR_BUS_NAME).
  public let bus: String
  /// The name on that bus (DEVLINK_ATTR_DEV_NAME).
  public let name: String

  /// Names a device; it need not exist.
  public init(bus: String, name: String) {
    self.bus = bus
    self.name = name
  }
}

/// The facts that devlink reports of one device. A fact is nil when it was not asked for, or when the device's driver
/// lacks it.
public struct DevlinkFact: Sendable, Equatable {
  /// The device that the facts belong to.
  public let device: DevlinkDevice
  /// `legacy` or `switchdev`.
  public var eswitchMode: String?
  /// Whether RDMA is enabled (the parameter `enable_rdma`).
  public var enableRDMA: Bool?
  /// The running DDP package: `fw.app.name` of the running versions.
  public var firmwareAppName: String?

  /// Creates the facts of a device; a fact that is left out is nil.
  public init(
    device: DevlinkDevice, eswitchMode: String? = nil, enableRDMA: Bool? = nil, firmwareAppName: String? = nil
  ) {
    self.device = device
    self.eswitchMode = eswitchMode
    self.enableRDMA = enableRDMA
    self.firmwareAppName = firmwareAppName
  }
}
