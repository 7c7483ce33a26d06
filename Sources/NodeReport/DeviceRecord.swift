public import HostInventory
public import ResourcePools

/// A device, the pools that have it and the containers that use it.
public struct DeviceRecord: Sendable, Equatable {
  public let device: Device
  public let kind: Kind
  /// Vendor and product for people; nil when pci.ids is not there or does not know them.
  public let model: String?
  /// In configuration order.
  public let memberships: [Membership]
  public let uses: [Use]

  public enum Kind: String, Sendable {
    case physicalFunction = "PF"
    case virtualFunction = "VF"
    /// A function that is not virtual and has no virtual functions.
    case function
    case subfunction = "SF"
    case unifiedBus = "UB"

    init(_ device: Device, parents: Set<PCIAddress>) {
      switch device.bus {
      case .auxiliary: self = .subfunction
      case .unifiedBus: self = .unifiedBus
      case .pci(let address):
        if device.physicalFunction != nil {
          self = .virtualFunction
        } else {
          self = device.virtualFunctions != nil || parents.contains(address) ? .physicalFunction : .function
        }
      }
    }
  }

  public struct Membership: Sendable, Equatable {
    /// The pool's place in the configuration.
    public let pool: Int
    public let name: String
    public let ownership: DeviceType.Ownership
    public let health: Unit.Health
  }

  public struct Use: Sendable, Equatable {
    public let namespace: String
    public let pod: String
    public let container: String
    public let resource: String

    var text: String { "\(namespace)/\(pod) (\(container))" }
  }

  /// The health that kubelet receives, the worst of its pools; nil for a device in no pool.
  public var health: Unit.Health? {
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
