/// Asks a driver for the health of all its devices, now and after each change. Corresponds to
/// `NodeWatchResourcesRequest`.
public struct WatchHealthRequest: WireMessage {
  /// Creates the request; it has no fields.
  public init() {}
}

/// The health of every device of the driver; each message replaces the one before. Corresponds to
/// `NodeWatchResourcesResponse`.
public struct DeviceHealthList: WireMessage {
  /// One entry for each device.
  public var devices: [DRADeviceHealth]

  /// Creates the driver's message.
  public init(devices: [DRADeviceHealth]) { self.devices = devices }
}

/// The health of one device. Corresponds to `DeviceHealth`.
public struct DRADeviceHealth: Sendable, Equatable {
  /// The numbers of `HealthStatus`.
  public enum Status: Int, Sendable { case unknown = 0, healthy = 1, unhealthy = 2 }

  /// The pool of the device in its ResourceSlice.
  public var pool: String
  /// The name of the device in its ResourceSlice.
  public var device: String
  /// The status that kubelet reports in the pod's status.
  public var status: Status
  /// When the driver last checked the device, in seconds since 1970.
  public var updated: Int
  /// Seconds after which kubelet takes the status for unknown; 0 selects kubelet's default of 30.
  public var timeout: Int
  /// The reason, for people; kubelet cuts it after 1024 bytes.
  public var message: String

  /// Describes one device by its names in the ResourceSlice.
  public init(pool: String, device: String, status: Status, updated: Int, timeout: Int, message: String) {
    self.pool = pool
    self.device = device
    self.status = status
    self.updated = updated
    self.timeout = timeout
    self.message = message
  }
}
