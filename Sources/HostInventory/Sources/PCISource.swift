/// PCI functions and the auxiliary devices below them, from `/sys/bus/pci/devices`.
struct PCISource: DeviceSource {
  func reads(_ device: Device, by _: InventoryReader) -> Bool { device.pciAddress != nil }

  func readAll(by reader: InventoryReader) -> [Device] { reader.devices(of: reader.allFunctions()) }

  func recheck(
    _ known: [Device], of before: Inventory, depth: (Device) -> Recheck, by reader: InventoryReader
  ) -> [Device] {
    var functions: Set<PCIAddress> = []
    var devices: [Device] = []
    for device in known {
      if device.isBoundAsBefore(depth, by: reader) {
        devices.append(device)
      } else if case .pci(let address) = device.bus {
        functions.insert(address)
      } else if let device = AuxiliaryDevice.recheck(device, by: reader) {
        devices.append(device)
      }
    }
    guard !functions.isEmpty else { return devices }
    let readings = reader.functions(functions.sorted())
    let wanted = Set(known.map(\.id))
    return devices
      + reader.devices(of: readings, above: before.knownPhysicalFunction).filter { wanted.contains($0.id) }
  }

  /// Block devices, CPUs and the rest come and go unheard.
  func scope(ofEventsIn subsystem: String) -> InventoryScope? {
    switch subsystem {
    // A veth or a bridge is of no device, and each function's own event tells its driver and group.
    case "net", "vfio", "drivers": .some(.none)
    // The path of an RDMA device outside of /sys/devices/pci… does not tell whose it is.
    case "pci", "auxiliary", "infiniband", "infiniband_verbs", "infiniband_mad", "infiniband_cm", "uio", "vdpa",
      "cxi_user", "iommu":
      .everything
    default: nil
    }
  }
}

extension Device {
  /// Whether no more than the binding needs to be looked at, and that is what it was.
  func isBoundAsBefore(_ depth: (Device) -> Recheck, by reader: InventoryReader) -> Bool {
    isKnownByBinding && depth(self) == .binding && FunctionBinding.isStill(of: self, by: reader)
  }
}
