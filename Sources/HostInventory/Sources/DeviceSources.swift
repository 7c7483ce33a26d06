/// The sources of this host's devices.
public enum DeviceSources {
  static let all: [any DeviceSource] = [PCISource(), UBClassSource(), UBEngineSource()]

  /// What must be read again after a uevent of this subsystem and device path; nil when it is about no device.
  public static func scope(ofEventsIn subsystem: String, about path: String) -> InventoryScope? {
    var scopes = all.compactMap { $0.scope(ofEventsIn: subsystem) }
    if subsystem == HostNodes.subsystem { scopes.append(.none) }
    guard !scopes.isEmpty else { return nil }
    if let address = PCIAddress(inDevicePath: path) { return .functions([address]) }
    return scopes.reduce(into: InventoryScope.none) { $0.formUnion($1) }
  }
}
