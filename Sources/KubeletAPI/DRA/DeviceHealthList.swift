/// Asks for the health of all devices, now and after each change. Corresponds to `NodeWatchResourcesRequest`.
public struct WatchHealthRequest: WireMessage {
  public init() {}
}

/// The health of every device of the driver. Corresponds to `NodeWatchResourcesResponse`.
public struct DeviceHealthList: WireMessage {
  public var devices: [DRADeviceHealth]

  public init(devices: [DRADeviceHealth]) { self.devices = devices }
}

/// Corresponds to `DeviceHealth`.
public struct DRADeviceHealth: Sendable, Equatable {
  /// Corresponds to `HealthStatus`.
  public enum Status: Int, Sendable { case unknown = 0, healthy = 1, unhealthy = 2 }

  public var pool: String
  public var device: String
  public var status: Status
  /// Seconds since 1970.
  public var updated: Int
  /// Seconds after which kubelet takes the status for unknown; 0: kubelet's own 30.
  public var timeout: Int
  /// At most 1024 bytes, or kubelet cuts it.
  public var message: String

  public init(pool: String, device: String, status: Status, updated: Int, timeout: Int, message: String) {
    self.pool = pool
    self.device = device
    self.status = status
    self.updated = updated
    self.timeout = timeout
    self.message = message
  }
}
