/// A snapshot that follows another: what can't have changed since is not read again.
extension Inventory {
  /// Updates this snapshot after some functions changed: it reads only these, functions that appeared or disappeared,
  /// and those that depend on them.
  ///
  /// The result is the same as reading everything, as long as `changed` contains the functions of all uevents
  /// (`PCIAddress(inDevicePath:)`). The bus is listed anyway, so functions that appeared or disappeared need not be
  /// named. Facts from netlink are joined anew to all devices. Attributes that change without an event, such as an
  /// InfiniBand partition table, are seen by the next full reading.
  ///
  /// - Parameter before: The kernel facts with which this snapshot was read.
  /// - Returns: The new snapshot, and what could not be read.
  public func following(
    _ changed: Set<PCIAddress>, since before: KernelFacts, from root: HostRoot, kernel: KernelFacts
  ) -> (Inventory, [InventoryProblem]) {
    let reader = InventoryReader(root: root, kernel: kernel)
    let inventory = following(changed, since: before, by: reader)
    return (inventory, reader.problems)
  }

  /// Returns this snapshot without the functions that no longer exist; nil when all exist.
  ///
  /// It reads names only: while a PF is being changed, its files and the list of links block in the kernel for seconds,
  /// and lost functions must not wait for that.
  public func withoutLostFunctions(from root: HostRoot) -> Inventory? {
    let present = Set(InventoryReader(root: root, kernel: .none).addresses())
    let kept = devices.filter { device in device.functionAddress.map { present.contains($0) } ?? true }
    return kept.count == devices.count ? nil : Inventory(devices: kept, nodes: nodes, others: others)
  }

  func following(_ changed: Set<PCIAddress>, since before: KernelFacts, by reader: InventoryReader) -> Inventory {
    // Without netlink the types of links come from sysfs, device by device.
    guard before.links != nil, reader.knowsLinks else { return Inventory.read(by: reader) }
    let change = InventoryChange(before: self, kernel: before, functions: changed)
    return Inventory(DeviceSources.all.flatMap { $0.follow(change, by: reader) }, by: reader)
  }
}

extension Device {
  /// The address of a PCI function; nil for devices on other buses.
  // As for `pciAddress`: inlined into a filter, it crashes the optimiser of Swift 6.3.1.
  @inline(never) var functionAddress: PCIAddress? {
    if case .pci(let address) = bus { address } else { nil }
  }
}
