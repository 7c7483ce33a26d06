/// One snapshot of the host: every device once, in address order.
public struct Inventory: Sendable, Equatable {
  /// PCI functions by address, then auxiliary devices and UB devices by name.
  public let devices: [Device]
  public let nodes: HostNodes
  /// Functions of the bus that are never offered; following a change does not read them again.
  let others: Set<PCIAddress>
  private let positions: [String: Int]

  /// `devices` in any order; of two with one name the first counts.
  public init(devices: [Device], nodes: HostNodes) {
    self.init(devices: Self.inOrder(devices) { _ in }, nodes: nodes, others: [])
  }

  /// `devices` in order.
  init(devices: [Device], nodes: HostNodes, others: Set<PCIAddress>) {
    self.devices = devices
    positions = Dictionary(zip(devices.lazy.map(\.id), devices.indices)) { first, _ in first }
    self.nodes = nodes
    self.others = others
  }

  /// Nil when this host has no such device.
  public subscript(id: String) -> Device? { positions[id].map { devices[$0] } }

  /// Whether the host has such a PCI function, of a class that no pool takes.
  public func hasOtherFunction(_ address: PCIAddress) -> Bool { others.contains(address) }

  public static func == (a: Inventory, b: Inventory) -> Bool {
    a.nodes == b.nodes && a.devices == b.devices
  }

  /// The same, and a problem for each that is there twice: no kernel shows a device in two places, but a link may lead
  /// anywhere.
  static func inOrder(_ devices: [Device], by reader: InventoryReader) -> [Device] {
    inOrder(devices) { reader.report("/sys/bus", "expected one device called \($0), found another") }
  }

  /// PCI functions by address, then the others by name; each once.
  static func inOrder(_ devices: [Device], twice: (_ id: String) -> Void) -> [Device] {
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
        twice(devices[position].id)
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
