/// Readings of single functions become devices here: PF facts and what the kernel says elsewhere are joined to them.
extension InventoryReader {
  /// The devices of `readings`, subfunctions included, in no order.
  ///
  /// `remembered` gives the PF facts of a VF that need not be worked out again; nil for one that it doesn't know.
  func devices(
    of readings: consuming [FunctionReading],
    above remembered: (String, PCIAddress) -> PhysicalFunction? = { _, _ in nil }
  ) -> [Device] {
    var known = physicalFunctions(of: readings)
    var devices: [Device] = []
    devices.reserveCapacity(readings.count)
    // Virtual functions of one PF follow each other.
    var parent = PhysicalFunctionReading?.none
    // By index, and taken: a copy of a reading is a copy of all that was read.
    for index in readings.indices {
      var facts: PhysicalFunction?
      if let address = readings[index].physicalFunction {
        facts = remembered(readings[index].device.id, address)
        if facts == nil, parent?.address != address { parent = above(address, &known) }
        if facts == nil, parent?.isMissing == true { reportMissingParent(address, of: &readings[index]) }
        facts = facts ?? parent?.physicalFunction(of: readings[index].address)
      }
      devices.append(joined(readings[index].takeFacts(), below: facts))
      guard let own = known[readings[index].address] else { continue }
      for child in readings[index].auxiliary { devices.append(subfunction(child, of: own)) }
    }
    return devices
  }

  /// The PFs among `readings`, or functions with subfunctions: each worked out once for all that hang on it.
  func physicalFunctions(of readings: [FunctionReading]) -> [PCIAddress: PhysicalFunctionReading] {
    var known: [PCIAddress: PhysicalFunctionReading] = [:]
    for index in readings.indices
    where readings[index].device.virtualFunctions != nil || !readings[index].auxiliary.isEmpty {
      known[readings[index].address] = PhysicalFunctionReading(readings[index], by: self)
    }
    return known
  }

  private func above(
    _ address: PCIAddress, _ known: inout [PCIAddress: PhysicalFunctionReading]
  ) -> PhysicalFunctionReading {
    if let above = known[address] { return above }
    let above = physicalFunction(at: address)
    known[address] = above
    return above
  }

  /// The link `physfn` leads to a function that is not there.
  private func reportMissingParent(_ parent: PCIAddress, of reading: inout FunctionReading) {
    report("\(HostPath.pciDevices)/\(reading.address)/physfn", "leads to \(parent), which is not on this host")
    reading.refuse("its physfn leads to \(parent), which is not on this host")
  }

  /// A PF that is not among the readings: it could not be read, or only its VFs are.
  private func physicalFunction(at address: PCIAddress) -> PhysicalFunctionReading {
    guard root.exists("\(HostPath.pciDevices)/\(address)") else { return PhysicalFunctionReading(missing: address) }
    guard let reading = functions([address]).first else { return PhysicalFunctionReading(unreadable: address) }
    return PhysicalFunctionReading(reading, by: self)
  }

  private func subfunction(_ facts: consuming DeviceFacts, of parent: PhysicalFunctionReading) -> Device {
    guard case .auxiliary(let own) = facts.bus else { return Device(facts) }
    if parent.subfunctionName.isEmpty, facts.brokenFact == nil {
      facts.brokenFact = "its parent \(parent.address) has no netdev"
    }
    return joined(facts, below: parent.physicalFunction(ofSubfunction: own.subfunctionNumber))
  }

  /// Adds the facts that come from netlink and not from the device's own directory.
  func join(_ device: inout DeviceFacts) {
    joinLinks(&device)
    guard let address = device.pciAddress else { return }
    if case .pci = device.bus {
      let above = device.physicalFunction?.address
      device.devlinkEnableRDMA = kernel.devlink[address]?.enableRDMA
      device.ddpProfile =
        kernel.ddpProfiles[address] ?? kernel.devlink[address]?.firmwareAppName
        ?? above.flatMap { kernel.devlink[$0]?.firmwareAppName }
      device.vdpa = (vdpaLinks[device.id] ?? []).compactMap { VDPADevice.read($0, by: self) }
    } else {
      device.devlinkEnableRDMA = kernel.auxiliaryDevlink[device.id]?.enableRDMA
    }
  }

  private func joined(_ facts: consuming DeviceFacts, below parent: PhysicalFunction?) -> Device {
    facts.physicalFunction = parent
    joinAfterReading(&facts)
    return Device(consume facts)
  }

  /// The same for a device whose directory was just read.
  func joinAfterReading(_ device: inout DeviceFacts) {
    join(&device)
    if device.linkType == "infiniband" { readPartitionKeys(&device) }
  }

  private func joinLinks(_ device: inout DeviceFacts) {
    device.defect = device.brokenFact
    for index in device.interfaces.indices {
      let name = device.interfaces[index].name
      device.interfaces[index].defaultRouteLink = uplinks.routeLinks[name]
      guard let links = kernel.links else { continue }
      if let link = links[name] {
        device.interfaces[index].linkType = link.type
        device.interfaces[index].isUp = link.isUp
        device.interfaces[index].hasCarrier = link.isUp ? link.hasCarrier : nil
      } else {
        device.interfaces[index].linkType = nil
        device.interfaces[index].isUp = nil
        device.interfaces[index].hasCarrier = nil
        if index == 0 { missesLink(&device) { "its link \(name)" } }
      }
    }
    guard kernel.links != nil, let above = device.physicalFunction else { return }
    let link = parentLink(above.name)
    device.physicalFunction?.linkType = link?.type
    if link != nil || above.name.isEmpty || !device.interfaces.isEmpty { return }
    missesLink(&device) { "link \(above.name) of \(above.address)" }
  }

  /// Network devices only: the link that their type is taken from must be in this network namespace.
  private func missesLink(_ device: inout DeviceFacts, _ link: () -> String) {
    guard device.defect == nil, device.classCode >> 16 == 0x02 else { return }
    device.defect = "\(link()) is not in this network namespace"
  }

  /// Devices of one PF follow each other.
  private func parentLink(_ name: String) -> KernelFacts.Link? {
    if let known = lastParentLink, known.name == name { return known.link }
    let link = kernel.links?[name]
    lastParentLink = (name, link)
    return link
  }

  private func readPartitionKeys(_ device: inout DeviceFacts) {
    let bus: String
    switch device.bus {
    case .pci: bus = HostPath.pciDevices
    case .auxiliary: bus = HostPath.auxiliaryDevices
    default: return
    }
    guard !device.rdma.isEmpty else { return }
    do throws(HostInventoryError) {
      let directory = try SysfsDirectory("\(bus)/\(device.id)", in: root, log: log)
      for index in device.rdma.indices { device.rdma[index].readPartitionKey(below: directory, by: self) }
    } catch {
      report(error)
    }
  }
}
