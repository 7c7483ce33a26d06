/// Readings of single functions become devices here: PF facts and what the kernel says elsewhere are joined to them.
extension InventoryReader {
  /// The devices of `readings`, subfunctions included, in no order.
  ///
  /// `remembered` gives the PF facts of a VF that need not be worked out again; nil for one that it doesn't know.
  func devices(
    of readings: [FunctionReading],
    above remembered: (String, PCIAddress) -> PhysicalFunction? = { _, _ in nil }
  ) -> [Device] {
    var known = physicalFunctions(of: readings)
    var devices: [Device] = []
    devices.reserveCapacity(readings.count)
    // By index: a copy of a reading is a copy of all that was read.
    for index in readings.indices {
      var device = readings[index].device
      if let address = readings[index].physicalFunction {
        device.physicalFunction =
          remembered(device.id, address)
          ?? above(address, &known).physicalFunction(of: readings[index].address)
      }
      joinAfterReading(&device)
      devices.append(Device(device))
      guard !readings[index].auxiliary.isEmpty else { continue }
      let parent = known[readings[index].address] ?? PhysicalFunctionReading(readings[index], by: self)
      for child in readings[index].auxiliary {
        var device = subfunction(child, of: parent)
        joinAfterReading(&device)
        devices.append(Device(device))
      }
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

  /// A PF that is not among the readings: it could not be read, or only its VFs are.
  private func physicalFunction(at address: PCIAddress) -> PhysicalFunctionReading {
    guard let reading = functions([address]).first else { return PhysicalFunctionReading(unreadable: address) }
    return PhysicalFunctionReading(reading, by: self)
  }

  private func subfunction(_ device: DeviceFacts, of parent: PhysicalFunctionReading) -> DeviceFacts {
    guard case .auxiliary(let own) = device.bus else { return device }
    var device = device
    device.physicalFunction = parent.physicalFunction(ofSubfunction: own.subfunctionNumber)
    if parent.subfunctionName.isEmpty, device.brokenFact == nil {
      device.brokenFact = "its parent \(parent.address) has no netdev"
    }
    return device
  }

  /// Adds everything that is told by netlink rather than by the device's own directory.
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

  /// The same for a device whose directory was just read.
  func joinAfterReading(_ device: inout DeviceFacts) {
    join(&device)
    if device.linkType == "infiniband" { readPartitionKeys(&device) }
  }

  private func joinLinks(_ device: inout DeviceFacts) {
    for index in device.interfaces.indices {
      let name = device.interfaces[index].name
      device.interfaces[index].carriesDefaultRoute = kernel.defaultRouteLinks.contains(name)
      guard let links = kernel.links else { continue }
      let link = links[name]
      device.interfaces[index].linkType = link?.type
      device.interfaces[index].isUp = link?.isUp
      device.interfaces[index].hasCarrier = link.flatMap { $0.isUp ? $0.hasCarrier : nil }
    }
    if let links = kernel.links, let name = device.physicalFunction?.name {
      device.physicalFunction?.linkType = links[name]?.type
    }
    device.defect = device.brokenFact ?? linkDefect(device)
  }

  /// Network devices only: the link that their type is taken from must be in this network namespace.
  private func linkDefect(_ device: DeviceFacts) -> String? {
    guard let links = kernel.links, device.classCode >> 16 == 0x02 else { return nil }
    if let own = device.interfaces.first {
      return links[own.name] == nil ? "its link \(own.name) is not in this network namespace" : nil
    }
    guard let above = device.physicalFunction, !above.name.isEmpty, links[above.name] == nil else { return nil }
    return "link \(above.name) of \(above.address) is not in this network namespace"
  }

  private func readPartitionKeys(_ device: inout DeviceFacts) {
    let bus: String
    switch device.bus {
    case .pci: bus = HostPath.pciDevices
    case .auxiliary: bus = HostPath.auxiliaryDevices
    case .unifiedBus: return
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
