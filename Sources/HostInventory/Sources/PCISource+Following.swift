/// A scan after a change reads the functions that changed, came or went, and what hangs together with them.
extension PCISource {
  func follow(_ change: InventoryChange, by reader: InventoryReader) -> [Device] {
    let before = change.before
    let present = Set(reader.addresses())
    let known = Set(before.devices.compactMap(\.functionAddress))
    let arrived = present.subtracting(known).subtracting(before.others)
    let gone = known.subtracting(present)
    var stale = change.functions.union(reader.kernel.eswitches(changedSince: change.kernel)).intersection(present)
      .union(arrived)
    reader.losers = before.relatives(of: gone.union(arrived)).intersection(present)
    stale.formUnion(reader.losers)
    let leavingOthers = before.others.subtracting(present)
    stale.formUnion(before.groupMates(of: change.functions.union(gone).union(leavingOthers)).intersection(present))
    var readings = reader.functions(stale.sorted())
    // A new virtual function makes its PF another one, and sends no event for that.
    let parents = Set(readings.filter { !known.contains($0.address) }.compactMap(\.physicalFunction))
      .union(before.groupMates(of: readings.filter { arrived.contains($0.address) }))
      .intersection(present).subtracting(stale)
    readings += reader.functions(parents.sorted())
    stale.formUnion(parents)
    let kept = before.devices.filter { device in
      device.pciAddress.map { present.contains($0) && !stale.contains($0) } ?? false
    }
    reader.keep(others: before.others.subtracting(stale).intersection(present))
    return reader.devices(of: readings) { id, above in
      present.contains(above) && !stale.contains(above) ? before.knownPhysicalFunction(of: id, at: above) : nil
    } + reader.followed(kept, below: readings, of: stale)
  }
}

extension Inventory {
  /// PFs of virtual functions that have come or gone, which count and number the others anew, and virtual functions of
  /// PFs that have come or gone.
  fileprivate func relatives(of changed: Set<PCIAddress>) -> Set<PCIAddress> {
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
  fileprivate func groupMates(of changed: Set<PCIAddress>) -> Set<PCIAddress> {
    guard !changed.isEmpty else { return [] }
    return Set(
      devices.lazy.filter { device in
        device.iommuGroup?.others.contains { changed.contains($0.address) } == true
      }.compactMap(\.functionAddress))
  }

  /// The same for functions that are new in their groups.
  fileprivate func groupMates(of arrived: [FunctionReading]) -> Set<PCIAddress> {
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
