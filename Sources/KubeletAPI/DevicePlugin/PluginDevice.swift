/// One device in a list that kubelet receives. Corresponds to `v1beta1.Device`.
public struct PluginDevice: WireMessage, Identifiable {
  /// The value of `health` that makes kubelet allocate the device.
  public static let healthy = "Healthy"
  /// The value of `health` for a device that must not be allocated.
  public static let unhealthy = "Unhealthy"

  /// The name under which kubelet allocates the device, e.g. `0000:3b:00.2`.
  public var id: String
  /// `Healthy` or `Unhealthy`; kubelet takes any other text for unhealthy.
  public var health: String
  /// The device's NUMA nodes; nil when it has no topology. An empty list must not be sent: the pod resources API then
  /// leaves the device out.
  public var numaNodes: [Int]?

  /// Creates a device as it was received, with any text as its health.
  public init(id: String, health: String, numaNodes: [Int]? = nil) {
    self.id = id
    self.health = health
    self.numaNodes = numaNodes
  }

  /// Creates a device to send.
  public init(id: String, isHealthy: Bool, numaNodes: [Int]? = nil) {
    self.init(id: id, health: isHealthy ? Self.healthy : Self.unhealthy, numaNodes: numaNodes)
  }

  /// Whether kubelet allocates the device.
  public var isHealthy: Bool { health == Self.healthy }
}
