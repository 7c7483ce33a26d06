public import HostInventory

/// Rebellions' products by PCI device id: the only table of them.
public enum RebellionsProduct {
  static let vendor: UInt16 = 0x1eff
  /// As selectors have it.
  static let vendorText = "1eff"

  public static func isNPU(_ device: Device) -> Bool { device.vendor == vendor }

  /// `RBLN-CA25`; nil for other vendors' devices and for ids that are not known yet. An even id is a physical
  /// function, the odd one after it its virtual functions.
  public static func name(of device: Device) -> String? {
    isNPU(device) ? names[device.product & ~1] : nil
  }

  /// How many NPUs of this product the vendor's machines have in a NUMA node at most, by which its plugin decides whether
  /// a request may be spread; nil for products that it leaves to kubelet.
  static func numaCapacity(of device: Device) -> Int? {
    guard isNPU(device) else { return nil }
    switch device.product & ~1 {
    case 0x1220: return 8
    case 0x1250: return 16
    default: return nil
    }
  }

  /// The bridge below which the NPUs of one card, or of one switch, are; nil for products with one NPU a card.
  ///
  /// Which of the bridges above an NPU it is, counted from the root port, depends on the product.
  public static func card(of device: Device) -> PCIAddress? {
    guard isNPU(device) else { return nil }
    let place: Int
    switch device.product & ~1 {
    case 0x1220: place = 1
    case 0x1250: place = 2
    default: return nil
    }
    return device.bridges.indices.contains(place) ? device.bridges[place] : nil
  }

  private static let names: [UInt16: String] = [
    0x0010: "ATOM", 0x1020: "RBLN-CA02", 0x1120: "RBLN-CA12", 0x1150: "RBLN-CA15", 0x1220: "RBLN-CA22",
    0x1250: "RBLN-CA25", 0x2030: "RBLN-CR03",
  ]
}
