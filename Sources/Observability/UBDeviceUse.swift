/// One UB device and the container that has it, for `devicepool_ub_device_info`.
public struct UBDeviceUse: Sendable, Equatable {
  /// The extended resource, e.g. `unifiedbus.com/ub_net_device`.
  public let resource: String
  /// The device's id in its pool.
  public let device: String
  /// The names of its kernel devices, e.g. `udma1`.
  public let kernelNames: [String]
  /// Its EIDs, as text.
  public let eids: [String]
  /// The pod's Kubernetes namespace; empty when no container has the device.
  public var namespace: String
  /// The pod's name; empty when no container has the device.
  public var pod: String
  /// The container's name; empty when no container has the device.
  public var container: String

  /// Describes a device; without a container it is free.
  public init(
    resource: String, device: String, kernelNames: [String], eids: [String], namespace: String = "", pod: String = "",
    container: String = ""
  ) {
    self.resource = resource
    self.device = device
    self.kernelNames = kernelNames
    self.eids = eids
    self.namespace = namespace
    self.pod = pod
    self.container = container
  }
}
