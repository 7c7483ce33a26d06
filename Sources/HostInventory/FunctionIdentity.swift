/// What a PCI function is: one read instead of one for each of `vendor`, `device` and `class`.
///
/// Corresponds to `<device>/modalias`: `pci:v00008086d00001889sv…sd…bc02sc00i00`.
struct FunctionIdentity: Equatable {
  let vendor: UInt16
  let product: UInt16
  let classCode: UInt32

  /// Nil for anything but the whole form, numbers in range; what stands between product and class is not looked at.
  init?(_ bytes: UnsafeRawBufferPointer) {
    let text = SysfsFile.trim(bytes)
    guard text.count == 53, let vendor = Self.number(after: "pci:v", digits: 8, at: 0, in: text), vendor <= 0xffff,
      let product = Self.number(after: "d", digits: 8, at: 13, in: text), product <= 0xffff,
      let base = Self.number(after: "bc", digits: 2, at: 42, in: text),
      let sub = Self.number(after: "sc", digits: 2, at: 46, in: text),
      let interface = Self.number(after: "i", digits: 2, at: 50, in: text)
    else { return nil }
    self.vendor = UInt16(vendor)
    self.product = UInt16(product)
    classCode = base << 16 | sub << 8 | interface
  }

  /// Network controllers, processing accelerators and Rebellions NPUs are devices; the rest of the bus is not.
  var isOffered: Bool {
    classCode >> 16 == 0x02 || classCode >> 16 == 0x12 || vendor == RebellionsNPU.vendor
  }

  private static func number(
    after mark: StaticString, digits: Int, at start: Int, in text: UnsafeRawBufferPointer
  ) -> UInt32? {
    let first = start + mark.utf8CodeUnitCount
    for index in start..<first where text[index] != mark.utf8Start[index - start] { return nil }
    var value: UInt32 = 0
    for index in first..<(first + digits) {
      switch text[index] {
      case 0x30...0x39: value = value << 4 | UInt32(text[index] - 0x30)
      case 0x41...0x46: value = value << 4 | UInt32(text[index] - 0x37)
      case 0x61...0x66: value = value << 4 | UInt32(text[index] - 0x57)
      default: return nil
      }
    }
    return value
  }
}
