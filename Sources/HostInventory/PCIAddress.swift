/// The address of a PCI function, as the kernel spells it: `0000:3b:02.0`.
///
/// The domain has four hex digits or, above ffff (Intel VMD, Hyper-V), as many as it needs.
/// Corresponds to `pci_name()`; the kernel prints it with `%04x:%02x:%02x.%d`.
public struct PCIAddress: Hashable, Comparable, Sendable, LosslessStringConvertible {
  /// The PCI domain (segment).
  public let domain: UInt32
  /// The bus number.
  public let bus: UInt8
  /// The device number (slot), 0 to 31.
  public let device: UInt8
  /// The function number, 0 to 7.
  public let function: UInt8

  /// Creates an address from its numbers.
  public init(domain: UInt32, bus: UInt8, device: UInt8, function: UInt8) {
    self.domain = domain
    self.bus = bus
    self.device = device
    self.function = function
  }

  /// Parses an address exactly as the kernel prints it, in lower case with all digits; nil for any other text.
  public init?(_ text: String) {
    var text = text
    guard let address = text.withUTF8({ PCIAddress(UnsafeRawBufferPointer($0)) }) else { return nil }
    self = address
  }

  /// Finds the innermost function in a path of sysfs, such as the DEVPATH of a uevent; nil when it contains none.
  public init?(inDevicePath path: String) {
    let names = path.split(separator: "/").reversed()
    guard let address = names.lazy.compactMap({ PCIAddress(String($0)) }).first else { return nil }
    self = address
  }

  /// The same from bytes: thousands of links are parsed in one reading.
  init?(_ text: UnsafeRawBufferPointer) {
    // From the end: `:bb:dd.f` has a fixed width, the domain has not.
    let tail = text.count - 8
    guard (4...8).contains(tail), text[tail] == UInt8(ascii: ":"), text[tail + 3] == UInt8(ascii: ":"),
      text[tail + 6] == UInt8(ascii: "."), tail == 4 || text[0] != UInt8(ascii: "0"),
      let domain = Self.hex(text[..<tail]), let bus = Self.hex(text[(tail + 1)..<(tail + 3)]),
      let device = Self.hex(text[(tail + 4)..<(tail + 6)]), device < 32,
      let function = Self.hex(text[(tail + 7)...]), function < 8
    else { return nil }
    self.init(domain: domain, bus: UInt8(bus), device: UInt8(device), function: UInt8(function))
  }

  public var description: String {
    var domainDigits = 4
    while domainDigits < 8, domain >> (4 * UInt32(domainDigits)) != 0 { domainDigits += 1 }
    return String(unsafeUninitializedCapacity: domainDigits + 8) { text in
      var position = 0
      func put(_ value: UInt32, digits: Int, after separator: UInt8?) {
        if let separator {
          text[position] = separator
          position += 1
        }
        for digit in (0..<digits).reversed() {
          let nibble = UInt8((value >> (4 * UInt32(digit))) & 0xf)
          text[position] = nibble < 10 ? 0x30 + nibble : 0x57 + nibble
          position += 1
        }
      }
      put(domain, digits: domainDigits, after: nil)
      put(UInt32(bus), digits: 2, after: UInt8(ascii: ":"))
      put(UInt32(device), digits: 2, after: UInt8(ascii: ":"))
      put(UInt32(function), digits: 1, after: UInt8(ascii: "."))
      return position
    }
  }

  public static func < (a: PCIAddress, b: PCIAddress) -> Bool {
    a.order < b.order
  }

  private var order: UInt64 {
    UInt64(domain) << 32 | UInt64(bus) << 16 | UInt64(device) << 8 | UInt64(function)
  }

  /// Lower-case hex digits only; nil for none or for another character.
  private static func hex(_ digits: Slice<UnsafeRawBufferPointer>) -> UInt32? {
    var value: UInt32 = 0
    for byte in digits {
      switch byte {
      case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
      case 0x61...0x66: value = value << 4 | UInt32(byte - 0x57)
      default: return nil
      }
    }
    return digits.isEmpty ? nil : value
  }
}
