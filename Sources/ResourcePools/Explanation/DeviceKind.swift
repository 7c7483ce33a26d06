import HostInventory

/// Describes the kind of a device, and which pools take such devices.
struct DeviceKind {
  private let device: Device

  init(_ device: Device) { self.device = device }

  /// Why a pool of another type does not take it, and which type does.
  func sentence(for config: PoolConfig, _ nodes: HostNodes) -> String {
    let taking = DeviceTypeCatalog.all.filter { $0.admission(device, config, nodes) != .foreign }.map { type in
      type.ownership == .shared ? "a pool of configList" : "deviceType \(type.name)"
    }
    return taking.isEmpty ? "\(description), which no pool takes" : "\(description); \(taking.alternatives) takes it"
  }

  private var description: String {
    switch device.bus {
    case .auxiliary(let auxiliary):
      return auxiliary.subfunctionNumber == nil && auxiliary.type != "sf"
        ? "this is a part of a PCI function (\(auxiliary.type))" : "this is a subfunction"
    case .pci:
      let digits = String(device.classCode >> 16, radix: 16)
      let name = "PCI class \(digits.utf8.count < 2 ? "0" + digits : digits)"
      return switch device.classCode >> 16 {
      case PCIFunctionRules.BaseClass.network.rawValue: "this is a network controller (\(name))"
      case PCIFunctionRules.BaseClass.accelerator.rawValue: "this is a processing accelerator (\(name))"
      default: "this is another kind of PCI function (\(name))"
      }
    default: return "this is a \(device.bus.noun.one)"
    }
  }
}
