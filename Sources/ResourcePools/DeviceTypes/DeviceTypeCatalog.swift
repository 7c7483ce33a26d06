/// Every device type there is.
public enum DeviceTypeCatalog {
  public static let all: [DeviceType] = [.netDevice, .accelerator, .auxNetDevice, .rdmaShared, .ubNetDevice]

  /// Nil when there is no such type; names are case-sensitive.
  public static func named(_ name: String) -> DeviceType? {
    all.first { $0.name == name }
  }
}
