public import JSONText
public import ResourcePools

/// The DeviceClass of a pool. Claims request the pool's devices by it, and pods by the name of the extended resource.
public struct DeviceClass: Sendable, Equatable {
  /// The object's name, e.g. `sriov-net.intel.com`.
  public let name: String
  /// The extended resource, e.g. `intel.com/sriov_net`.
  public let resource: ResourceName
  /// The driver whose devices are selected.
  public let driver: DriverName

  init(of resource: ResourceName, driver: DriverName) {
    name = ObjectName.deviceClass(resource)
    self.resource = resource
    self.driver = driver
  }

  /// Makes one class for each resource, in the order of the pools; pools of several nodes may have one name.
  public static func all(of pools: [PoolConfig], driver: DriverName) -> [DeviceClass] {
    var known: Set<ResourceName> = []
    return pools.filter { known.insert($0.name).inserted }.map { DeviceClass(of: $0.name, driver: driver) }
  }

  /// The CEL expression that selects the devices by driver and resource name.
  ///
  /// A missing attribute would be a run-time error that ends the whole allocation, so the expression tests for it
  /// first.
  public var expression: String {
    let text = JSONValue.string("\(resource)").text(escaping: .minimal)
    return """
      device.driver == "\(driver)" && "resourceName" in device.attributes["k8s.cni.cncf.io"] && \
      device.attributes["k8s.cni.cncf.io"].resourceName == \(text)
      """
  }

  /// The object for `kubectl apply`.
  public var json: JSONValue {
    let selector: JSONValue = .object([.init("cel", .object([.init("expression", .string(expression))]))])
    return .object([
      .init("apiVersion", "resource.k8s.io/v1"), .init("kind", "DeviceClass"),
      .init("metadata", .object([.init("name", .string(name))])),
      .init(
        "spec",
        .object([
          .init("selectors", .array([selector])), .init("extendedResourceName", .string("\(resource)")),
        ])),
    ])
  }
}
