/// One device in a list that kubelet receives. Corresponds to `v1beta1.Device`.
public struct PluginDevice: WireMessage, Identifiable {
  public static let healthy = "Healthy"
  public static let unhealthy = "Unhealthy"

  public var id: String
  /// Anything but exactly `Healthy` is unhealthy to kubelet.
  public var health: String
  /// The device's NUMA nodes; nil means that it has no topology. Never send an empty list: the pod resources API then
  /// leaves the device out.
  public var numaNodes: [Int]?

  public init(id: String, health: String, numaNodes: [Int]? = nil) {
    self.id = id
    self.health = health
    self.numaNodes = numaNodes
  }

  public init(id: String, isHealthy: Bool, numaNodes: [Int]? = nil) {
    self.init(id: id, health: isHealthy ? Self.healthy : Self.unhealthy, numaNodes: numaNodes)
  }

  public var isHealthy: Bool { health == Self.healthy }
}
