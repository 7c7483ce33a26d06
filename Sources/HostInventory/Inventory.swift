/// One snapshot of the host: every device once, in address order.
public struct Inventory: Sendable, Equatable {
  /// PCI functions by address, then auxiliary devices and UB devices by name.
  public let devices: [Device]
  public let nodes: HostNodes
  private let indexByID: [String: Int]
  /// Functions of the bus that are no devices, so that following a change need not look at them again.
  let others: Set<PCIAddress>

  public init(devices: [Device], nodes: HostNodes) {
    self.init(devices: devices, nodes: nodes, others: [])
  }

  init(devices: [Device], nodes: HostNodes, others: Set<PCIAddress>) {
    self.devices = devices
    self.nodes = nodes
    self.others = others
    var index: [String: Int] = [:]
    index.reserveCapacity(devices.count)
    for position in devices.indices { index[devices[position].id] = position }
    indexByID = index
  }

  /// Nil when this host has no such device.
  public subscript(id: String) -> Device? {
    indexByID[id].map { devices[$0] }
  }

  public static func == (a: Inventory, b: Inventory) -> Bool {
    a.nodes == b.nodes && a.devices == b.devices
  }

  /// PCI functions by address, then the others by name; each once. No kernel shows a device in two places, but a link may
  /// lead anywhere.
  static func inOrder(_ devices: [Device], by reader: InventoryReader) -> [Device] {
    func isBefore(_ a: Int, _ b: Int) -> Bool {
      switch (devices[a].bus, devices[b].bus) {
      case (.pci(let first), .pci(let second)): first < second
      case (let first, let second): (first.rank, devices[a].id) < (second.rank, devices[b].id)
      }
    }
    guard !devices.indices.dropFirst().allSatisfy({ isBefore($0 - 1, $0) }) else { return devices }
    let order = devices.indices.sorted(by: isBefore)
    var ordered: [Device] = []
    ordered.reserveCapacity(devices.count)
    for position in order {
      if ordered.last?.id == devices[position].id {
        reader.report("/sys/bus", "expected one device called \(devices[position].id), found another")
      } else {
        ordered.append(devices[position])
      }
    }
    return ordered
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
