/// A UB (URMA) device, from the UBS engine or from `/sys/class/ubcore`.
public struct UBDevice: Sendable, Equatable {
  /// Kernel names whose nodes are below `/dev/uburma`: the bonding device last, its paths before it.
  public var kernelDevices: [String]
  /// `transport_type`: 0 UB, 1 IB, 2 IP, 5 HNS_UB; nil when the engine does not tell.
  public var transportType: Int?
  public var isHealthy: Bool
  /// Why it is not, such as "port down".
  public var reason: String?

  public init(kernelDevices: [String], transportType: Int?, isHealthy: Bool, reason: String?) {
    self.kernelDevices = kernelDevices
    self.transportType = transportType
    self.isHealthy = isHealthy
    self.reason = reason
  }
}
