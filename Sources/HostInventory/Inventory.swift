/// One snapshot of the host: every device once, in address order.
public struct Inventory: Sendable, Equatable {
  /// PCI functions by address, then auxiliary devices and UB devices by name.
  public let devices: [Device]
  public let nodes: HostNodes
  private let indexByID: [String: Int]

  public init(devices: [Device], nodes: HostNodes) {
    self.devices = devices
    self.nodes = nodes
    var index: [String: Int] = [:]
    index.reserveCapacity(devices.count)
    for (position, device) in devices.enumerated() { index[device.id] = position }
    indexByID = index
  }

  /// Nil when this host has no such device.
  public subscript(id: String) -> Device? {
    indexByID[id].map { devices[$0] }
  }
}

extension Inventory {
  /// Every device of this host, and what could not be read or is not of the form the kernel promises.
  ///
  /// A problem costs at most the device it is about.
  public static func read(from root: HostRoot, kernel: KernelFacts) -> (Inventory, [InventoryProblem]) {
    let reader = InventoryReader(root: root, kernel: kernel)
    let inventory = read(by: reader)
    return (inventory, reader.problems)
  }

  static func read(by reader: InventoryReader) -> Inventory {
    let devices = reader.devices(of: reader.allFunctions()) + UBDevice.readAll(by: reader)
    return Inventory(devices: inOrder(devices), nodes: reader.nodes())
  }

  /// Only these devices, read again, with the host nodes as they are now: what Allocate looks at.
  ///
  /// A device that has gone is absent. Facts that pools were filled by (a VF's PF name and number) stay those of this
  /// snapshot as long as the PF is the same, so that nothing here grows with the node.
  public func reading(
    again ids: [String], from root: HostRoot, kernel: KernelFacts
  ) -> (Inventory, [InventoryProblem]) {
    let reader = InventoryReader(root: root, kernel: kernel)
    var devices: [Device] = []
    var functions: Set<PCIAddress> = []
    for id in Set(ids) {
      guard let known = self[id] else { continue }
      if let address = known.pciAddress {
        functions.insert(address)
      } else {
        let engine = kernel.unifiedBus
        if engine == nil || engine?[id] != nil, let device = UBDevice.read(id, as: engine?[id], by: reader) {
          devices.append(device)
        }
      }
    }
    let wanted = Set(ids)
    devices += reader.devices(of: reader.functions(functions.sorted()), above: knownPhysicalFunction)
      .filter { wanted.contains($0.id) }
    return (Inventory(devices: Self.inOrder(devices), nodes: reader.nodes()), reader.problems)
  }

  private func knownPhysicalFunction(of id: String, at address: PCIAddress) -> PhysicalFunction? {
    guard let known = self[id]?.physicalFunction, known.address == address else { return nil }
    return known
  }

  static func inOrder(_ devices: [Device]) -> [Device] {
    devices.sorted { a, b in
      switch (a.bus, b.bus) {
      case (.pci(let first), .pci(let second)): first < second
      default: (a.bus.rank, a.id) < (b.bus.rank, b.id)
      }
    }
  }
}

extension Device.Bus {
  fileprivate var rank: Int {
    switch self {
    case .pci: 0
    case .auxiliary: 1
    case .unifiedBus: 2
    }
  }
}
