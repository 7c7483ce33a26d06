/// A Kubernetes quantity by its value: the API server answers `1k` for `1000`.
///
/// In units of 10⁻⁹, the finest that the API keeps.
struct Quantity: Equatable {
  let billionths: Int128

  /// Nil for a text that is not a quantity, or one beyond 128 bits.
  init?(_ text: String) {
    var digits = text.utf8[...]
    var isNegative = false
    if let sign = digits.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      digits = digits.dropFirst()
    }
    var value = Int128(0)
    var fraction: Int?
    var count = 0
    while let byte = digits.first {
      if byte == UInt8(ascii: "."), fraction == nil {
        fraction = 0
      } else if (0x30...0x39).contains(byte) {
        guard let next = Self.product(value, 10), count < 36 else { return nil }
        value = next + Int128(byte - 0x30)
        fraction = fraction.map { $0 + 1 }
        count += 1
      } else {
        break
      }
      digits = digits.dropFirst()
    }
    let suffix = String(decoding: Array(digits), as: UTF8.self)
    guard count > 0, let scale = Self.scale(of: suffix) else { return nil }
    var exponent = 9 - (fraction ?? 0) + scale.ten
    guard let binary = Self.product(value, Int128(1) << Int128(scale.two)) else { return nil }
    value = binary
    while exponent > 0 {
      guard let next = Self.product(value, 10) else { return nil }
      value = next
      exponent -= 1
    }
    while exponent < 0 {
      // The API rounds up what is finer.
      value = value / 10 + (value % 10 == 0 ? 0 : 1)
      exponent += 1
    }
    billionths = isNegative ? -value : value
  }

  private static func product(_ a: Int128, _ b: Int128) -> Int128? {
    let (result, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? nil : result
  }

  private static let decimal = ["n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18]
  private static let binary = ["Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60]

  /// The powers of ten and two that a suffix stands for.
  private static func scale(of suffix: String) -> (ten: Int, two: Int)? {
    if let ten = decimal[suffix] { return (ten, 0) }
    if let two = binary[suffix] { return (0, two) }
    guard suffix.utf8.first == UInt8(ascii: "e") || suffix.utf8.first == UInt8(ascii: "E"),
      let exponent = Int(suffix.dropFirst()), abs(exponent) <= 36
    else { return nil }
    return (exponent, 0)
  }
}
