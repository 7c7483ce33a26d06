import Glibc

/// What a PCI function is bound to: two links, by which Allocate sees that a function is what it was.
///
/// Corresponds to the links `driver` and `iommu_group` of `/sys/bus/pci/devices/<address>`.
struct FunctionBinding: Equatable {
  private let driver: String?
  private let group: String?

  init(of device: Device) {
    driver = device.driver
    group = device.iommuGroup.map { String($0.number) }
  }

  private init(driver: String?, group: String?) {
    self.driver = driver
    self.group = group
  }

  /// Nil when the function has gone, has neither, or can't be asked: then it is to be read whole.
  static func read(_ id: String, by reader: InventoryReader) -> FunctionBinding? {
    let place = reader.root.resolve("\(HostPath.pciDevices)/\(id)")
    let binding = FunctionBinding(driver: target("\(place)/driver"), group: target("\(place)/iommu_group"))
    return binding.driver == nil && binding.group == nil ? nil : binding
  }

  private static func target(_ path: String) -> String? {
    withUnsafeTemporaryAllocation(byteCount: SysfsFile.capacity, alignment: 1) { buffer in
      guard let base = buffer.baseAddress else { return nil }
      let count = readlink(path, base, buffer.count)
      guard count > 0 else { return nil }
      return String(decoding: lastComponent(UnsafeRawBufferPointer(rebasing: buffer[0..<count])), as: UTF8.self)
    }
  }
}

extension Device {
  /// Whether all that a container may get of the function follows from its binding; RDMA, vDPA, uio and NPU nodes are
  /// made and taken away without it.
  var isKnownByBinding: Bool {
    guard case .pci = bus else { return false }
    return rdma.isEmpty && vdpa.isEmpty && uio == nil && rebellions == nil && brokenFact == nil
      && driver != nil && !Self.nodeDrivers.contains(driver ?? "")
  }

  /// Drivers that make nodes of the function's own.
  private static let nodeDrivers: Set = ["uio", "igb_uio", "uio_pci_generic", RebellionsNPU.driver]
}
