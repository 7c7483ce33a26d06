import JSONText

/// What a claim or its class requests besides devices: the `parameters` of an opaque configuration, strictly decoded.
struct ClaimParameters: Sendable, Equatable {
  /// See `PoolConfig.resetOnAllocate`; nil for the pool's value.
  private(set) var resetOnAllocate: Bool?
  /// See `SelectorObject.needVhostNet`; nil for the value of the pool's selectors.
  private(set) var needVhostNet: Bool?
  /// Whether the device must be bound to vfio-pci, so that a container that needs a user space driver does not start
  /// without one.
  private(set) var vfio: Bool?

  static let kind = "DeviceParameters"

  init() {}

  /// The group and version of the parameters of a driver.
  static func version(of driver: DriverName) -> String { "\(driver)/v1alpha1" }

  /// Combines the settings for a request: those of classes, then those of the claim. The last value of a key counts.
  init(for request: String, in allocation: ClaimAllocation, driver: DriverName) throws(ClaimAllocation.Failure) {
    for setting in allocation.settings {
      let isFor = setting.requests.isEmpty || setting.requests.contains { $0.prefix { $0 != "/" } == request }
      if isFor { try take(setting.parameters, driver: driver) }
    }
  }

  private mutating func take(_ parameters: JSONValue, driver: DriverName) throws(ClaimAllocation.Failure) {
    guard let fields = parameters.fields else { throw Self.failure("expected an object") }
    try Self.check(parameters["apiVersion"], is: Self.version(of: driver), key: "apiVersion")
    try Self.check(parameters["kind"], is: Self.kind, key: "kind")
    for field in fields where field.key != "apiVersion" && field.key != "kind" {
      switch field.key {
      case "resetOnAllocate": resetOnAllocate = try Self.flag(field)
      case "needVhostNet": needVhostNet = try Self.flag(field)
      case "vfio": vfio = try Self.flag(field)
      default:
        throw Self.failure("unknown field \(field.key.prefix(64)), expected resetOnAllocate, needVhostNet or vfio")
      }
    }
  }

  private static func check(
    _ value: JSONValue?, is wanted: String, key: String
  ) throws(ClaimAllocation.Failure) {
    guard value?.string == wanted else {
      throw failure("\(key) is \(value?.string?.prefix(64).description ?? "missing"), expected \(wanted)")
    }
  }

  private static func flag(_ field: JSONValue.Field) throws(ClaimAllocation.Failure) -> Bool {
    guard case .bool(let flag) = field.value else { throw failure("\(field.key): expected true or false") }
    return flag
  }

  private static func failure(_ reason: String) -> ClaimAllocation.Failure {
    ClaimAllocation.Failure(description: "the claim's parameters are refused: \(reason)")
  }
}
