/// A device as devlink names it: `pci` and `0000:3b:00.0`, or `auxiliary` and `mlx5_core.sf.4`.
public struct DevlinkDevice: Sendable, Hashable {
  public let bus: String
  public let name: String

  public init(bus: String, name: String) {
    self.bus = bus
    self.name = name
  }
}

/// The facts that devlink reports of one device. A fact that the device or its driver lacks is nil.
public struct DevlinkFact: Sendable, Equatable {
  public let device: DevlinkDevice
  /// `legacy` or `switchdev`.
  public var eswitchMode: String?
  public var enableRDMA: Bool?
  /// The DDP package that runs: `fw.app.name` among the running versions.
  public var firmwareAppName: String?

  public init(
    device: DevlinkDevice, eswitchMode: String? = nil, enableRDMA: Bool? = nil, firmwareAppName: String? = nil
  ) {
    self.device = device
    self.eswitchMode = eswitchMode
    self.enableRDMA = enableRDMA
    self.firmwareAppName = firmwareAppName
  }
}
