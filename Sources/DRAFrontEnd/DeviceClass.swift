public import JSONText
public import ResourcePools

/// The DeviceClass of a pool: by it claims ask for the pool's devices, and pods by the name of the extended resource.
public struct DeviceClass: Sendable, Equatable {
  public let name: String
  public let resource: ResourceName
  public let driver: DriverName

  public init(of resource: ResourceName, driver: DriverName) {
    name = ObjectName.deviceClass(resource)
    self.resource = resource
    self.driver = driver
  }

  /// One for each resource, in the order in which they come: pools of several nodes may have one name.
  public static func all(of pools: [PoolConfig], driver: DriverName) -> [DeviceClass] {
    var known: Set<ResourceName> = []
    return pools.filter { known.insert($0.name).inserted }.map { DeviceClass(of: $0.name, driver: driver) }
  }

  /// A missing attribute is a run-time error that ends the whole allocation, so the expression tests for it first.
  public var expression: String {
    let text = JSONValue.string("\(resource)").text(escaping: .minimal)
    return """
      device.driver == "\(driver)" && "resourceName" in device.attributes["k8s.cni.cncf.io"] && \
      device.attributes["k8s.cni.cncf.io"].resourceName == \(text)
      """
  }

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
