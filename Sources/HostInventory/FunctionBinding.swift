import Glibc

/// What a PCI function is bound to: two links, by which Allocate sees that a function has not changed.
///
/// Corresponds to the links `driver` and `iommu_group` of `/sys/bus/pci/devices/<address>`.
enum FunctionBinding {
  /// Whether the links lead where they led when `device` was read. The group matters for nodes of vfio-pci only.
  static func isStill(of device: Device, by reader: InventoryReader) -> Bool {
    guard let driver = device.driver else { return false }
    let devices = reader.root.resolve(HostPath.pciDevices)
    guard link("driver", of: device.id, in: devices, leadsTo: driver) else { return false }
    guard driver == VFIODriver.generic else { return true }
    // The number of the device's own node is another one after each binding.
    if let name = device.vfioDevice, !reader.root.exists("\(HostPath.pciDevices)/\(device.id)/vfio-dev/\(name)") {
      return false
    }
    return link("iommu_group", of: device.id, in: devices, leadsTo: device.iommuGroup.map { String($0.number) })
  }

  /// Nil stands for a link that is not there.
  private static func link(
    _ link: StaticString, of function: String, in devices: String, leadsTo name: String?
  ) -> Bool {
    // Room for a path and a target, on the stack: the path is known, and a longer target is none of these links'.
    withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 1) { buffer in
      var path = CPathWriter(buffer)
      path.put(devices)
      path.put(function)
      path.put(link)
      guard let (path, room) = path.finished(), let base = room.baseAddress else { return false }
      let count = readlink(path, base.assumingMemoryBound(to: CChar.self), room.count)
      guard count > 0, count < room.count, var name else { return count < 0 && name == nil }
      let target = lastComponent(UnsafeRawBufferPointer(rebasing: room[0..<count]))
      return name.withUTF8 { target.elementsEqual($0) }
    }
  }
}

extension Device {
  /// Whether the binding shows that a function is what it was: all of it could be read.
  var isKnownByBinding: Bool {
    guard case .pci = bus else { return false }
    return brokenFact == nil && silence == nil && driver != nil
  }
}
