/// One origin of this host's devices: how they are found, followed and read again.
///
/// `DeviceSources.all` lists the sources; the whole scan, the scan after an event and the check at Allocate are loops over
/// them.
protocol DeviceSource: Sendable {
  /// Whether a device of this host is the source's.
  func reads(_ device: Device, by reader: InventoryReader) -> Bool

  /// Every device that the host has now, in no order.
  func readAll(by reader: InventoryReader) -> [Device]

  /// The devices after a change. A source that is read quickly reads all.
  func follow(_ change: InventoryChange, by reader: InventoryReader) -> [Device]

  /// These devices as they are now, without those that have gone. The cost is that of these devices.
  func recheck(
    _ known: [Device], of before: Inventory, depth: (Device) -> Recheck, by reader: InventoryReader
  ) -> [Device]

  /// What must be read again after an event of this subsystem that names no PCI function; nil when such events are not
  /// about the source's devices.
  func scope(ofEventsIn subsystem: String) -> InventoryScope?
}

extension DeviceSource {
  func follow(_: InventoryChange, by reader: InventoryReader) -> [Device] { readAll(by: reader) }
}

/// What has changed since a snapshot.
struct InventoryChange {
  let before: Inventory
  /// The facts that the snapshot was read with.
  let kernel: KernelFacts
  /// Functions that events were about.
  let functions: Set<PCIAddress>
}
