import HostInventory

/// The devices by place: NUMA nodes, the root ports of each, functions below a port, and the functions made from those.
struct DeviceTree {
  let nodes: [Node]

  struct Node {
    /// Nil when the firmware does not report it.
    let number: Int?
    let ports: [Port]
  }

  struct Port {
    let kind: Kind
    let functions: [Function]

    enum Kind: Hashable, Comparable {
      case root(PCIAddress)
      /// On the root bus itself.
      case rootBus
      /// Devices outside of PCI, by what people call them.
      case other(String)
    }
  }

  struct Function {
    /// Nil for a PF that is not among the devices, though its virtual functions are.
    var head: DeviceRecord?
    let address: PCIAddress?
    var children: [DeviceRecord] = []
  }

  init(_ records: [DeviceRecord]) {
    var functions: [String: Function] = [:]
    var order: [String] = []
    func key(_ record: DeviceRecord) -> String {
      switch record.device.bus {
      case .auxiliary(let own): "\(own.parent)"
      default: record.device.physicalFunction.map { "\($0.address)" } ?? record.device.id
      }
    }
    for record in records {
      let key = key(record)
      if functions[key] == nil {
        order.append(key)
        functions[key] = Function(head: nil, address: PCIAddress(key))
      }
      if key == record.device.id {
        functions[key]?.head = record
      } else {
        functions[key]?.children.append(record)
      }
    }
    let all = order.compactMap { functions[$0] }
    let byNode = Dictionary(grouping: all) { $0.first?.device.numaNode }
    nodes = byNode.sorted { ($0.key ?? .max) < ($1.key ?? .max) }.map { number, functions in
      let byPort = Dictionary(grouping: functions, by: \.port)
      return Node(
        number: number, ports: byPort.sorted { $0.key < $1.key }.map { Port(kind: $0.key, functions: $0.value) })
    }
  }
}

extension DeviceTree.Function {
  fileprivate var first: DeviceRecord? { head ?? children.first }

  fileprivate var port: DeviceTree.Port.Kind {
    guard let device = first?.device else { return .rootBus }
    guard device.pciAddress != nil else { return .other(device.bus.noun.short) }
    return device.bridges.first.map { .root($0) } ?? .rootBus
  }
}
