public import HostInventory

/// The products of Rebellions by PCI device id.
public enum RebellionsProduct {
  static let vendor: UInt16 = 0x1eff
  /// The vendor id as in selectors.
  static let vendorText = "1eff"

  static func isNPU(_ device: Device) -> Bool { device.vendor == vendor }

  /// The product's name, e.g. `RBLN-CA25`; nil for other vendors' devices and for unknown ids. An even id is a physical
  /// function; the odd one after it is that of its virtual functions.
  public static func name(of device: Device) -> String? {
    isNPU(device) ? names[device.product & ~1] : nil
  }

  /// The highest number of NPUs of this product in a NUMA node of the vendor's machines. The vendor's plugin uses it to
  /// decide whether a request may use several nodes. nil for products for which it leaves that to kubelet.
  static func numaCapacity(of device: Device) -> Int? {
    guard isNPU(device) else { return nil }
    switch device.product & ~1 {
    case 0x1220: return 8
    case 0x1250: return 16
    default: return nil
    }
  }

  /// The bridge above the NPUs of one card or switch; nil for products with one NPU on each card.
  ///
  /// Which bridge it is, counted from the root port, depends on the product.
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
