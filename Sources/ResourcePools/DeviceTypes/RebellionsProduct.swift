public import HostInventory

/// Rebellions' products by PCI device id: the only table of them.
public enum RebellionsProduct {
  static let vendor: UInt16 = 0x1eff

  public static func isNPU(_ device: Device) -> Bool { device.vendor == vendor }

  /// `RBLN-CA25`; nil for other vendors' devices and for ids that are not known yet. An even id is a physical
  /// function, the odd one after it its virtual functions.
  public static func name(of device: Device) -> String? {
    isNPU(device) ? names[device.product & ~1] : nil
  }

  private static let names: [UInt16: String] = [
    0x0010: "ATOM", 0x1020: "RBLN-CA02", 0x1120: "RBLN-CA12", 0x1150: "RBLN-CA15", 0x1220: "RBLN-CA22",
    0x1250: "RBLN-CA25", 0x2030: "RBLN-CR03",
  ]
}
