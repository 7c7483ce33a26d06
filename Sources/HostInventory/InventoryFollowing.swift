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
    let present = Set(reader.addresses())
    let known = Set(devices.compactMap(\.functionAddress))
    let arrived = present.subtracting(known).subtracting(others)
    let gone = known.subtracting(present)
    var stale = changed.union(reader.kernel.eswitches(changedSince: before)).intersection(present).union(arrived)
    reader.losers = relatives(of: gone.union(arrived)).intersection(present)
    stale.formUnion(reader.losers)
    let leavingOthers = others.subtracting(present)
    stale.formUnion(groupMates(of: changed.union(gone).union(leavingOthers)).intersection(present))
    var readings = reader.functions(stale.sorted())
    // A new virtual function makes its PF another one, and sends no event for that.
    let parents = Set(readings.filter { !known.contains($0.address) }.compactMap(\.physicalFunction))
      .union(groupMates(of: readings.filter { arrived.contains($0.address) }))
      .intersection(present).subtracting(stale)
    readings += reader.functions(parents.sorted())
    stale.formUnion(parents)
    let kept = devices.filter { device in
      device.pciAddress.map { present.contains($0) && !stale.contains($0) } ?? false
    }
    let result =
      reader.devices(of: readings) { id, above in
        present.contains(above) && !stale.contains(above) ? self.knownPhysicalFunction(of: id, at: above) : nil
      }
      + reader.followed(kept, below: readings, of: stale) + UBDevice.readAll(by: reader)
    let others = others.subtracting(stale).intersection(present).union(reader.others)
    return Inventory(devices: Self.inOrder(result, by: reader), nodes: reader.nodes(), others: others)
  }

  /// PFs of virtual functions that have come or gone, which count and number the others anew, and virtual functions of
  /// PFs that have come or gone.
  private func relatives(of changed: Set<PCIAddress>) -> Set<PCIAddress> {
    guard !changed.isEmpty else { return [] }
    var relatives: Set<PCIAddress> = []
    for device in devices {
      guard let own = device.functionAddress, let above = device.physicalFunction?.address else { continue }
      if changed.contains(own) { relatives.insert(above) }
      if changed.contains(above) { relatives.insert(own) }
    }
    return relatives
  }

  /// Functions that hold facts about the group's other functions, one of which is in `changed`.
  private func groupMates(of changed: Set<PCIAddress>) -> Set<PCIAddress> {
    guard !changed.isEmpty else { return [] }
    return Set(
      devices.lazy.filter { device in
        device.iommuGroup?.others.contains { changed.contains($0.address) } == true
      }.compactMap(\.functionAddress))
  }

  /// The same for functions that are new in their groups.
  private func groupMates(of arrived: [FunctionReading]) -> Set<PCIAddress> {
    let groups = Set(arrived.compactMap { $0.device.iommuGroup?.number })
    guard !groups.isEmpty else { return [] }
    return Set(
      devices.lazy.filter { device in
        device.isBoundToVFIO && device.iommuGroup.map { groups.contains($0.number) } == true
      }.compactMap(\.functionAddress))
  }
}

extension InventoryReader {
  /// Devices whose own files were not read again: with what netlink tells now, and with the facts of their PFs where
  /// those are among `stale`.
  fileprivate func followed(
    _ devices: [Device], below readings: [FunctionReading], of stale: Set<PCIAddress>
  ) -> [Device] {
    let parents = stale.intersection(
      devices.compactMap { $0.functionAddress == nil ? nil : $0.physicalFunction?.address })
    var above: [PCIAddress: PhysicalFunctionReading] = [:]
    for reading in readings where parents.contains(reading.address) {
      above[reading.address] = PhysicalFunctionReading(reading, by: self)
    }
    return devices.map { before in
      var device = before.facts
      if let address = before.functionAddress, let parent = device.physicalFunction?.address, parents.contains(parent) {
        let reading = above[parent] ?? PhysicalFunctionReading(unreadable: parent)
        device.physicalFunction = reading.physicalFunction(of: address)
      }
      join(&device)
      if (device.linkType == "infiniband") != (before.linkType == "infiniband") {
        for index in device.rdma.indices { device.rdma[index].partitionKey = nil }
        joinAfterReading(&device)
      }
      return Device(device)
    }
  }
}

extension KernelFacts {
  /// Functions whose embedded switch has another mode, which decides which of their netdevs stands for them.
  fileprivate func eswitches(changedSince before: KernelFacts) -> Set<PCIAddress> {
    let all = Set(devlink.keys).union(before.devlink.keys)
    return all.filter { devlink[$0]?.eswitchMode != before.devlink[$0]?.eswitchMode }
  }
}

extension Device {
  /// The address of a PCI function; nil for devices on other buses.
  // As for `pciAddress`: inlined into a filter, it crashes the optimiser of Swift 6.3.1.
  @inline(never) fileprivate var functionAddress: PCIAddress? {
    if case .pci(let address) = bus { address } else { nil }
  }
}
