extension Device {
  /// Whether a kernel NIC driver is bound, but the function has no netdev in this network namespace.
  ///
  /// That is expected while a pod has the function. Otherwise the netdev is lost: it is in a namespace that no longer
  /// has a name.
  public var hasLostInterface: Bool {
    guard case .pci = bus, classCode >> 16 == 0x02, interfaces.isEmpty, vdpa.isEmpty, uio == nil, let driver,
      !Self.driversWithoutNetdev.contains(where: { driver.contains($0) })
    else { return false }
    // An empty directory says that the driver made one. Without the directory a virtual function counts as well, unless
    // it needs none: an RDMA function of `enable_eth=false`. Another function may have a driver that never makes a
    // netdev, such as efa.
    return hidesInterfaces || (physicalFunction != nil && rdma.isEmpty)
  }

  /// Parts of the names of drivers that hand a function to user space, to a guest or to vDPA, and of Slingshot's, whose
  /// netdev belongs to another module.
  private static let driversWithoutNetdev = ["vfio", "uio", "stub", "pciback", "vdpa", "ifcvf", "pds_core", "cxi"]
}
