import HostInventory
import JSONText

/// The contents of a DeviceInfo file (Network Plumbing Working Group, device-info spec 1.1.0).
public struct DeviceInfo: Sendable, Equatable {
  /// The resource whose unit the file describes.
  public var resource: ResourceName
  /// The id that kubelet knows, which is a part of the file's name.
  public var unit: String
  /// The JSON text, on one line.
  public var text: String

  /// Creates a file's contents.
  public init(resource: ResourceName, unit: String, text: String) {
    self.resource = resource
    self.unit = unit
    self.text = text
  }

  /// The file's name below the directory that Multus reads, e.g. `intel.com-sriov_net-0000:3b:02.0-device.json`.
  public var fileName: String { Self.fileName(of: unit, in: resource) }

  /// The file's name for a unit of a resource.
  public static func fileName(of unit: String, in resource: ResourceName) -> String {
    "\(resource.prefix)-\(resource.name)-\(unit)-device.json"
  }
}

extension DeviceInfo {
  /// Describes one PCI function to Multus: a vDPA device if the selector asks for one, else the function with
  /// its RDMA devices if the selector asks for those.
  ///
  /// Nil for a device without PCI address.
  init?(of unit: String, device: Device, selector: SelectorObject, in resource: ResourceName) {
    guard let address = device.pciAddress else { return nil }
    let facts = Self.vdpa(device, address, selector) ?? Self.pci(device, address, selector)
    let text = JSONLine.text(escaping: .go) { line in
      line.field("type", facts.type)
      line.field("version", "1.1.0")
      line.field(facts.type) { line in for (key, value) in facts.fields { line.field(key, value) } }
    }
    self.init(resource: resource, unit: unit, text: text)
  }

  private typealias Facts = (type: String, fields: [(key: String, value: String)])

  private static func vdpa(_ device: Device, _ address: PCIAddress, _ selector: SelectorObject) -> Facts? {
    guard let wanted = selector.vdpaType, let vdpa = device.vdpa.first, let kind = vdpa.kind, kind.rawValue == wanted
    else { return nil }
    var fields = [(key: "parent-device", value: vdpa.name), ("driver", kind.rawValue)]
    if let path = vdpa.path { fields.append(("path", path)) }
    fields.append(("pci-address", address.description))
    return ("vdpa", fields)
  }

  private static func pci(_ device: Device, _ address: PCIAddress, _ selector: SelectorObject) -> Facts {
    var fields = [(key: "pci-address", value: address.description)]
    if selector.isRDMA, !device.rdma.isEmpty {
      fields.append(("rdma-device", device.rdma.map(\.name).joined(separator: ",")))
    }
    return ("pci", fields)
  }
}
