/// Every device type there is.
public enum DeviceTypeCatalog {
  public static let all: [DeviceType] = [.netDevice, .accelerator, .auxNetDevice, .rdmaShared, .ubNetDevice]

  /// The types that a pool of `resourceList` can have.
  public static var claimed: [DeviceType] { all.filter { $0.ownership == .claimed } }

  /// The type of a pool that names none.
  public static let standard = DeviceType.netDevice

  /// Nil when there is no such type; names are case-sensitive.
  public static func named(_ name: String) -> DeviceType? {
    all.first { $0.name == name }
  }
}
