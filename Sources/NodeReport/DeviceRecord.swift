import HostInventory
import ResourcePools

/// A device, the pools that have it and the containers that use it.
struct DeviceRecord: Sendable, Equatable {
  let device: Device
  let kind: Kind
  /// Vendor and product for people; nil when pci.ids is not there or does not know them.
  let model: String?
  /// In configuration order.
  let memberships: [Membership]
  let uses: [Use]

  enum Kind: Sendable, Hashable {
    case physicalFunction
    case virtualFunction
    /// A function that is not virtual and has no virtual functions.
    case function
    case subfunction
    /// Neither a PCI function nor below one.
    case other(Device.Noun)

    /// `PF`, as tables and JSON have it.
    var name: String {
      switch self {
      case .physicalFunction: "PF"
      case .virtualFunction: "VF"
      case .function: "function"
      case .subfunction: "SF"
      case .other(let noun): noun.short
      }
    }

    init(_ device: Device, parents: Set<PCIAddress>) {
      switch device.bus {
      case .auxiliary: self = .subfunction
      case .pci(let address):
        if device.physicalFunction != nil {
          self = .virtualFunction
        } else {
          self = device.virtualFunctions != nil || parents.contains(address) ? .physicalFunction : .function
        }
      default: self = .other(device.bus.noun)
      }
    }
  }

  struct Membership: Sendable, Equatable {
    /// The pool's place in the configuration.
    let pool: Int
    let name: String
    let ownership: DeviceType.Ownership
    let health: Unit.Health
  }

  struct Use: Sendable, Equatable {
    let namespace: String
    /// Nil for a prepared claim whose pod kubelet does not list.
    let pod: String?
    let container: String
    let resource: String

    /// The pod, or the claim without one, as `namespace/name`.
    var holder: String { pod.map { "\(namespace)/\($0)" } ?? "\(resource) of \(namespace)" }

    var text: String { pod == nil ? holder : "\(holder) (\(container))" }
  }

  /// The health that kubelet receives, the worst of its pools; nil for a device in no pool.
  var health: Unit.Health? {
    memberships.first { $0.health != .healthy }?.health ?? memberships.first?.health
  }

  /// Why it cannot be used now; nil when it can.
  var trouble: String? {
    if case .unhealthy(let reason)? = health { return reason }
    return device.defect
  }

  /// `ens1f0`; several are joined, none is empty.
  var interfaceNames: String { device.interfaces.map(\.name).joined(separator: ",") }

  /// `/dev/rbln1` of an NPU; nil for other devices.
  var npuNode: String? {
    if case .node(let name)? = device.rebellions { "/dev/\(name)" } else { nil }
  }

  /// An NPU that is a function of its own, neither PF nor VF.
  var isLoneNPU: Bool { kind == .function && npuNode != nil }

  /// The bridge of an NPU's card or switch.
  var card: String? { RebellionsProduct.card(of: device).map { "\($0)" } }

  /// `ens1f0#2`: the PF's name or address and the function's number; nil for a device that was not made from another.
  var origin: String? {
    device.physicalFunction.map { above in
      let name = above.name.isEmpty ? "\(above.address)" : above.name
      return above.functionIndex.map { "\(name)#\($0)" } ?? name
    }
  }
}
