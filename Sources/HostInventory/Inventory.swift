/// One snapshot of the host's devices.
public struct Inventory: Sendable, Equatable {
  /// Every device once: PCI functions by address, then auxiliary devices and UB devices by name.
  public let devices: [Device]
  /// The device nodes and tools that exist.
  public let nodes: HostNodes
  /// Functions that are never offered, e.g. bridges and disks; they are not read again after a change.
  let others: Set<PCIAddress>
  private let positions: [String: Int]

  /// Creates a snapshot. `devices` may be in any order; of two with the same id the first counts.
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

  /// The device with this id; nil when the host has none.
  public subscript(id: String) -> Device? { positions[id].map { devices[$0] } }

  /// Whether the host has this PCI function, but its class is never offered.
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
