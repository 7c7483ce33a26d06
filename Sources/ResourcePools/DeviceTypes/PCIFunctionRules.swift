import HostInventory

/// Rules for every device in pools of PCI functions, whatever their selectors are.
enum PCIFunctionRules {
  /// The base class: the topmost of the three bytes of `class`.
  enum BaseClass: UInt32 {
    case network = 0x02
    case accelerator = 0x12
  }

  static func isPCI(_ device: Device, _ baseClass: BaseClass) -> Bool {
    guard case .pci = device.bus else { return false }
    return device.classCode >> 16 == baseClass.rawValue
  }

  /// Refuses a device that could not be read completely, or that has no driver.
  static func refusal(ofUnusable device: Device) -> Refusal? {
    if let defect = device.defect { return Refusal(stage: "facts", seen: defect, wanted: []) }
    if device.driver == nil { return Refusal(stage: "driver", seen: "none", wanted: ["any"]) }
    return nil
  }

  /// Refuses a physical function while it has virtual functions.
  static func refusal(ofParent device: Device) -> Refusal? {
    guard let enabled = device.virtualFunctions?.enabled, enabled > 0 else { return nil }
    return Refusal(stage: "sriov_numvfs", seen: String(enabled), wanted: ["0"])
  }

  /// Refuses a device without which the host would lose its network, if the pool has this check.
  static func refusal(ofUplink device: Device, pool: PoolConfig) -> Refusal? {
    guard let text = device.defaultRouteText, pool.excludeDefaultRoute else { return nil }
    return Refusal(stage: "excludeDefaultRoute", seen: text, wanted: [])
  }
}

extension Device {
  /// How a default route of the node uses the device; nil when none does.
  var defaultRouteText: String? { interfaces.lazy.compactMap(\.defaultRouteText).first }
}

extension PoolOptions {
  static let excludeDefaultRoute = PoolOption.flag(
    "excludeDefaultRoute",
    meaning: "Functions that carry a default route of the host are left out, also below bonds, bridges and VLANs.")
}

extension PoolConfig {
  /// Whether NICs with the host's default route are left out.
  public var excludeDefaultRoute: Bool {
    get { self[PoolOptions.excludeDefaultRoute] ?? false }
    set { self[PoolOptions.excludeDefaultRoute] = newValue }
  }
}
