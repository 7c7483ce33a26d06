/// The list of all device types.
public enum DeviceTypeCatalog {
  /// All types, in the manual's order.
  public static let all: [DeviceType] = [.netDevice, .accelerator, .auxNetDevice, .rdmaShared, .ubNetDevice]

  /// The types of pools in `resourceList`.
  public static var claimed: [DeviceType] { all.filter { $0.ownership == .claimed } }

  /// The type of a pool without `deviceType`.
  public static let standard = DeviceType.netDevice

  /// Finds a type by its exact name; nil when there is none.
  public static func named(_ name: String) -> DeviceType? {
    all.first { $0.name == name }
  }
}
