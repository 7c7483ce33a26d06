public import JSONText

/// One ResourceSlice of a pool: a part of its devices.
public struct ResourceSlice: Sendable, Equatable {
  /// The field `spec.driver`.
  public let driver: DriverName
  /// The field `spec.nodeName`.
  public let node: String
  /// The field `spec.pool.name`.
  public let pool: String
  /// The slice's number among those of the pool, from 0.
  public let index: Int
  /// The number of slices of the pool.
  public let count: Int
  /// The devices, at most `mostDevices`.
  public let devices: [SliceDevice]

  /// The largest number of devices in a slice.
  ///
  /// The API allows 128, but only 64 when one of them has a taint. A larger slice could not be written any more when a
  /// device becomes unhealthy.
  public static let mostDevices = 64

  /// Divides a pool into slices, in their order; a pool without devices has one slice.
  public static func all(of pool: PublishedPool, driver: DriverName, node: String) -> [ResourceSlice] {
    let devices = pool.devices.map(\.device)
    let count = max(1, (devices.count + mostDevices - 1) / mostDevices)
    return (0..<count).map { index in
      let part = devices.dropFirst(index * mostDevices).prefix(mostDevices)
      return ResourceSlice(
        driver: driver, node: node, pool: pool.name, index: index, count: count, devices: Array(part))
    }
  }

  /// The prefix of the object's name.
  ///
  /// The API server cuts it after 58 characters and adds five of its own. It begins with the index, because consumers
  /// sort a pool's slices by name.
  public var generateName: String {
    let digits = String(index, radix: 16)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + "\(digits)-\(driver)-\(node)-"
  }

  /// The object without its name and the node's uid, which only the API server knows.
  public func json(generation: Int) -> JSONValue {
    .object([
      .init("apiVersion", "resource.k8s.io/v1"), .init("kind", "ResourceSlice"),
      .init("metadata", .object([.init("generateName", .string(generateName))])),
      .init("spec", spec(generation: generation)),
    ])
  }

  /// The object's `spec`.
  public func spec(generation: Int) -> JSONValue {
    .object([
      .init("driver", .string(driver.description)), .init("nodeName", .string(node)),
      .init(
        "pool",
        .object([
          .init("name", .string(pool)), .init("generation", .int(generation)),
          .init("resourceSliceCount", .int(count)),
        ])),
      .init("devices", .array(devices.map(\.json))),
    ])
  }
}
