import Glibc

/// What the directory of one PCI function said, before links and other kernel facts are joined to it.
///
/// Corresponds to `/sys/bus/pci/devices/<address>`.
struct FunctionReading {
  var device: DeviceFacts
  let address: PCIAddress
  /// Target of `physfn`.
  var physicalFunction: PCIAddress?
  /// The number of each virtual function: the lowest N of the `virtfnN` links that lead to it.
  var numbers: [PCIAddress: Int] = [:]
  var auxiliary: [DeviceFacts] = []

  /// - Returns: Nil for a function that cannot be offered.
  ///
  /// Throws when it is unknown what the function is; what else is broken goes to `problems` and, where the pools
  /// must not offer the device for it, to `device.brokenFact`.
  static func read(
    _ address: PCIAddress, in devices: borrowing SysfsDirectory, by reader: InventoryReader
  ) throws(HostInventoryError) -> FunctionReading? {
    let name = address.description
    devices.note(name)
    guard let directory = try devices.directoryIfPresent(name) else {
      throw .missing(path: devices.path(of: name), expected: "a PCI function")
    }
    let identity = try directory.attribute("modalias", "pci:v…d…sv…sd…bc…sc…i…", FunctionIdentity.init)
    guard let identity else {
      throw .missing(path: directory.path(of: "modalias"), expected: "pci:v…d…sv…sd…bc…sc…i…")
    }
    guard identity.isOffered else {
      reader.log?.forget(directory.path)
      reader.log?.forget(directory.path(of: "modalias"))
      return nil
    }
    var reading = FunctionReading(address: address, name: name, identity: identity)
    let entries = try FunctionEntries(of: directory)
    let path = try devices.link(name) { (bridges: BridgePath.bridges(above: $0), root: BridgePath.root(of: $0)) }
    reading.device.bridges = path?.bridges ?? []
    reading.device.pcieRoot = path?.root
    reading.readBinding(directory, entries, by: reader)
    reading.readGroup(directory, in: devices, by: reader)
    reading.readVirtualFunctions(directory, entries, by: reader)
    reading.readFacets(directory, entries, by: reader)
    return reading
  }

  private init(address: PCIAddress, name: String, identity: FunctionIdentity) {
    self.address = address
    device = DeviceFacts(
      id: name, bus: .pci(address), vendor: identity.vendor, product: identity.product, classCode: identity.classCode)
  }

  /// Leaves none behind.
  mutating func takeFacts() -> DeviceFacts {
    var facts = DeviceFacts(id: "", bus: .unifiedBus)
    swap(&facts, &device)
    return facts
  }

  var isNetwork: Bool { device.classCode >> 16 == 0x02 }

  /// Driver, NUMA node, firmware index and IOMMU group.
  private mutating func readBinding(
    _ directory: borrowing SysfsDirectory, _ entries: FunctionEntries, by reader: InventoryReader
  ) {
    if entries.has(.driver) {
      device.driver = reader.value { () throws(HostInventoryError) in try directory.linkName("driver") }
    }
    if entries.has(.numaNode) {
      let node = reader.value { () throws(HostInventoryError) in try directory.integer("numa_node") }
      // The kernel writes -1 when the firmware names no node.
      device.numaNode = node.flatMap { $0 >= 0 ? $0 : nil }
    }
    if entries.has(.acpiIndex) {
      do throws(HostInventoryError) { device.acpiIndex = try directory.text("acpi_index") } catch {
        reader.report(error)
        refuse("its acpi_index can't be read: \(error.reason)")
      }
    }
    if entries.has(.iommuGroup) {
      device.iommuGroup = reader.value { () throws(HostInventoryError) in
        // vfio never makes the group of a function that a netdev hangs on, so its name need not be asked.
        try IOMMUGroup.read(directory, entries.has(.net) || !entries.virtio.isEmpty ? .byIOMMU : .byNameFile)
      }
    }
    if device.driver == RebellionsNPU.driver, device.vendor == RebellionsNPU.vendor {
      let pools = reader.value { () throws(HostInventoryError) in try directory.text("pools") }
      device.rebellions = RebellionsNPU.parse(pools)
      device.npuFault = reader.value { () throws(HostInventoryError) in
        try device.rebellions?.fault(in: reader.root, log: reader.log)
      }
    }
  }

  /// Who shares the IOMMU group, for a function that a container gets by its group.
  private mutating func readGroup(
    _ directory: borrowing SysfsDirectory, in devices: borrowing SysfsDirectory, by reader: InventoryReader
  ) {
    guard VFIODriver.has(device.driver), let group = device.iommuGroup, !group.isNoIOMMU else { return }
    let others = reader.value { [address] () throws(HostInventoryError) in
      try IOMMUGroup.others(than: address, below: directory, number: group.number, by: reader)
    }
    for other in others ?? [] {
      let member = reader.value { () throws(HostInventoryError) in
        try IOMMUGroup.Member.read(other, in: devices, by: reader)
      }
      if let member { device.iommuGroup?.others.append(member) }
    }
  }

  /// `physfn`, or `sriov_*` and `virtfnN`.
  private mutating func readVirtualFunctions(
    _ directory: borrowing SysfsDirectory, _ entries: FunctionEntries, by reader: InventoryReader
  ) {
    if entries.has(.physfn) {
      do throws(HostInventoryError) {
        physicalFunction = try directory.link("physfn") { PCIAddress(lastComponent($0)) } ?? nil
        if physicalFunction == nil {
          reader.report(directory.path(of: "physfn"), "expected a link to a PCI function")
          refuse("its physfn leads to no PCI function")
        }
      } catch {
        reader.report(error)
        refuse("its physfn is not a link: \(error.reason)")
      }
    }
    let links = entries.virtualFunctionLinks.count
    if entries.has(.sriovTotal), entries.has(.sriovNumber) || links > 0 {
      let number = links > 0 || reader.losers.contains(address) ? links : nil
      device.virtualFunctions = reader.value { () throws(HostInventoryError) in
        try VirtualFunctions.read(directory, enabled: number)
      }
      if device.virtualFunctions == nil, links > 0 {
        refuse("it has \(links) virtual functions, and its sriov_totalvfs can't be read")
      }
    }
    // A number counts only below the count of links, as in the SR-IOV network device plugin, which tries them from 0
    // on.
    for number in entries.virtualFunctionLinks where number < links {
      let target = reader.value { () throws(HostInventoryError) in
        try directory.link("virtfn\(number)") { PCIAddress(lastComponent($0)) } ?? nil
      }
      if let target, numbers[target] == nil { numbers[target] = number }
    }
  }

  /// Netdevs, RDMA, uio and subfunctions.
  private mutating func readFacets(
    _ directory: borrowing SysfsDirectory, _ entries: FunctionEntries, by reader: InventoryReader
  ) {
    readInterfaces(directory, entries, by: reader)
    if entries.has(.infiniband) {
      device.rdma = RDMADevice.read(below: directory, has: entries.known, by: reader)
    }
    if entries.has(.vfioDevice) { device.vfioDevice = firstName(in: "vfio-dev", of: directory, by: reader) }
    if entries.has(.cxi) { device.cxi = firstName(in: "cxi_user", of: directory, by: reader) }
    if entries.has(.uio) {
      device.uio = reader.value { () throws(HostInventoryError) in try directory.names(in: "uio") }
    }
    guard isNetwork else { return }
    for name in entries.auxiliary {
      let child = reader.value { () throws(HostInventoryError) in
        try AuxiliaryDevice.read(name, below: directory, of: self, by: reader)
      }
      guard var child else { continue }
      if physicalFunction != nil {
        // No kernel makes such a thing, so nothing that is known of subfunctions need hold for it.
        reader.report(directory.path(of: name), "a subfunction below a virtual function is not offered")
        child.brokenFact = "its parent \(address) is a virtual function"
      }
      auxiliary.append(child)
    }
    let isSwitch = reader.kernel.devlink[address]?.eswitchMode == "switchdev"
    if isSwitch || !auxiliary.isEmpty || device.interfaces.count > 1 {
      for index in device.interfaces.indices { device.interfaces[index].readSwitchFacts(below: directory) }
    }
  }

  private func firstName(
    in name: String, of directory: borrowing SysfsDirectory, by reader: InventoryReader
  ) -> String? {
    reader.value { () throws(HostInventoryError) in try directory.names(in: name)?.first }
  }

  /// `net/*`, and for virtio functions `virtioN/net/*`.
  private mutating func readInterfaces(
    _ directory: borrowing SysfsDirectory, _ entries: FunctionEntries, by reader: InventoryReader
  ) {
    var hasPlace = false
    if entries.has(.net), let interfaces = NetInterface.read(below: directory, by: reader) {
      hasPlace = true
      device.interfaces = interfaces
    }
    for name in entries.virtio {
      let found = reader.value { () throws(HostInventoryError) -> [NetInterface]? in
        guard let child = try directory.directoryIfPresent(name) else { return nil }
        return NetInterface.read(below: child, by: reader)
      }
      guard let found else { continue }
      hasPlace = true
      device.interfaces += found
    }
    device.hidesInterfaces = hasPlace && device.interfaces.isEmpty
  }

  /// The first reason stays. Only network pools refuse devices for these reasons, as in the SR-IOV network device
  /// plugin.
  mutating func refuse(_ reason: String) {
    if isNetwork, device.brokenFact == nil { device.brokenFact = reason }
  }
}
