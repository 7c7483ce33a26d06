public import JSONText

/// One ResourceSlice of a pool: a part of its devices.
public struct ResourceSlice: Sendable, Equatable {
  public let driver: DriverName
  public let node: String
  public let pool: String
  /// Its place among the pool's slices, from 0.
  public let index: Int
  /// How many slices the pool has.
  public let count: Int
  public let devices: [SliceDevice]

  /// A slice holds 128 devices, and 64 when one of them has a taint. A slice of more than 64 could thus not be written once
  /// a device turns sick, so no slice ever has more.
  public static let mostDevices = 64

  /// The slices of a pool, in order; an empty pool has one without devices.
  public static func all(of pool: PublishedPool, driver: DriverName, node: String) -> [ResourceSlice] {
    let devices = pool.devices.map(\.device)
    let count = max(1, (devices.count + mostDevices - 1) / mostDevices)
    return (0..<count).map { index in
      let part = devices.dropFirst(index * mostDevices).prefix(mostDevices)
      return ResourceSlice(
        driver: driver, node: node, pool: pool.name, index: index, count: count, devices: Array(part))
    }
  }

  /// The API server adds five characters and cuts what is longer than 58 before them. The index comes first: consumers
  /// take a pool's slices by name.
  public var generateName: String {
    let digits = String(index, radix: 16)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + "\(digits)-\(driver)-\(node)-"
  }

  /// The object, without what only the API server knows: its name and the node's uid.
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
