/// UB devices as the UBS engine listed them last, with what sysfs knows of them.
struct UBEngineSource: DeviceSource {
  func reads(_ device: Device, by reader: InventoryReader) -> Bool {
    device.bus == .unifiedBus && reader.kernel.unifiedBus != nil
  }

  func readAll(by reader: InventoryReader) -> [Device] {
    let listed = (reader.kernel.unifiedBus ?? [:]).sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return listed.compactMap { name, device in UBDevice.read(name, as: device, by: reader) }
  }

  func recheck(
    _ known: [Device], of _: Inventory, depth _: (Device) -> Recheck, by reader: InventoryReader
  ) -> [Device] {
    known.compactMap { device in
      reader.kernel.unifiedBus?[device.id].flatMap { UBDevice.read(device.id, as: $0, by: reader) }
    }
  }

  /// The engine's own changes come from the engine; these are of what sysfs adds.
  func scope(ofEventsIn subsystem: String) -> InventoryScope? { UBClassSource().scope(ofEventsIn: subsystem) }
}
