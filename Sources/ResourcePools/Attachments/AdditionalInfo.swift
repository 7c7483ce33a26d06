import HostInventory
import JSONText

extension Attachment {
  /// `extra`: the keys of `additionalInfo` for all devices (`*`), overridden by those for this function.
  ///
  /// A subfunction is looked up by its parent's address. Without `additionalInfo` there is no section; an empty one
  /// gives an empty section.
  static let additionalInfo = Attachment(name: "extra") { context in
    guard let all = context.pool.additionalInfo else { return nil }
    let key = context.device.pciAddress?.description ?? context.device.id
    return Contribution(info: InfoSection((all["*"] ?? [:]).merging(all[key] ?? [:]) { $1 }))
  }
}

extension PoolOptions {
  static let additionalInfo = PoolOption(
    ConfigKey(
      "additionalInfo", .additionalInfo, absent: "no section extra",
      meaning: "Strings for containers in PCIDEVICE_…_INFO, by PCI address, or for all devices by '*'; never logged.")
  ) { object, log in
    AdditionalInfoReader(path: object.path.key("additionalInfo")).read(object, log: &log)
  } summarize: { pool in
    // The keys for each device, without their values, which are secrets.
    pool.additionalInfo.map { info in
      .sorted(info.map { (key: $0, value: .sorted($1.map { (key: $0.key, value: "redacted") })) })
    }
  }
}

extension PoolConfig {
  /// By device id or `*`; nil when the key is absent, which is not the same as empty.
  public var additionalInfo: [String: [String: String]]? {
    get { self[PoolOptions.additionalInfo] }
    set { self[PoolOptions.additionalInfo] = newValue }
  }
}
