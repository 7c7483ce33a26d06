/// The address of a PCI function, as the kernel spells it: `0000:3b:02.0`.
///
/// The domain has four hex digits or, above ffff (Intel VMD, Hyper-V), as many as it needs.
/// Corresponds to `pci_name()`; the kernel prints it with `%04x:%02x:%02x.%d`.
public struct PCIAddress: Hashable, Comparable, Sendable, LosslessStringConvertible {
  public let domain: UInt32
  public let bus: UInt8
  public let device: UInt8
  public let function: UInt8

  public init(domain: UInt32, bus: UInt8, device: UInt8, function: UInt8) {
    self.domain = domain
    self.bus = bus
    self.device = device
    self.function = function
  }

  /// Nil unless `text` is exactly what the kernel would print: lower case, all digits there.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, (4...8).contains(parts[0].utf8.count), parts[1].utf8.count == 2 else { return nil }
    let slot = parts[2].split(separator: ".", omittingEmptySubsequences: false)
    guard slot.count == 2, slot[0].utf8.count == 2, slot[1].utf8.count == 1 else { return nil }
    guard let domain = UInt32(lowerHex: parts[0]), let bus = UInt8(lowerHex: parts[1]),
      let device = UInt8(lowerHex: slot[0]), device < 32,
      let function = UInt8(lowerHex: slot[1]), function < 8
    else { return nil }
    if parts[0].utf8.count > 4, domain <= 0xffff { return nil }
    self.init(domain: domain, bus: bus, device: device, function: function)
  }

  public var description: String {
    "\(hex(domain, width: 4)):\(hex(UInt32(bus), width: 2)):\(hex(UInt32(device), width: 2)).\(function)"
  }

  public static func < (a: PCIAddress, b: PCIAddress) -> Bool {
    (a.domain, a.bus, a.device, a.function) < (b.domain, b.bus, b.device, b.function)
  }

  private func hex(_ value: UInt32, width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}

extension FixedWidthInteger {
  /// Lower-case hex digits only; `UInt8("+1", radix: 16)` would take the sign.
  init?(lowerHex text: some StringProtocol) {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else { return nil }
    self.init(text, radix: 16)
  }
}
