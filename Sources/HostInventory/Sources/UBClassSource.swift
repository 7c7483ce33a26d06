/// UB devices as sysfs lists them, on a host without UBS engine.
struct UBClassSource: DeviceSource {
  func reads(_ device: Device, by reader: InventoryReader) -> Bool {
    device.bus == .unifiedBus && reader.kernel.unifiedBus == nil
  }

  func readAll(by reader: InventoryReader) -> [Device] {
    guard reader.kernel.unifiedBus == nil else { return [] }
    let here = UBDevice.names(in: HostPath.ubcore, by: reader)
    // The class ubcore shows the devices of this network namespace, uburma those of all.
    let elsewhere = UBDevice.names(in: HostPath.uburma, by: reader).filter { !here.contains($0) }
    return (here + elsewhere).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      .compactMap { UBDevice.read($0, as: nil, by: reader) }
  }

  func recheck(
    _ known: [Device], of _: Inventory, depth _: (Device) -> Recheck, by reader: InventoryReader
  ) -> [Device] {
    known.compactMap { UBDevice.read($0.id, as: nil, by: reader) }
  }

  func scope(ofEventsIn subsystem: String) -> InventoryScope? {
    ["ubcore", "uburma"].contains(subsystem) ? .some(.none) : nil
  }
}
