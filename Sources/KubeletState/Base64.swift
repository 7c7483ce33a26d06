/// Base 64 as Go's encoder writes byte slices: the standard alphabet, padded, on one line.
enum Base64 {
  /// Nil for any other text.
  static func decode(_ text: String) -> [UInt8]? {
    let bytes = Array(text.utf8)
    guard bytes.count % 4 == 0 else { return nil }
    let padding = bytes.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    guard padding <= 2 else { return nil }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count / 4 * 3)
    var bits: UInt32 = 0
    for (index, byte) in bytes.dropLast(padding).enumerated() {
      guard let digit = digit(byte) else { return nil }
      bits = bits << 6 | digit
      switch index % 4 {
      case 1: decoded.append(UInt8(truncatingIfNeeded: bits >> 4))
      case 2: decoded.append(UInt8(truncatingIfNeeded: bits >> 2))
      case 3: decoded.append(UInt8(truncatingIfNeeded: bits))
      default: break
      }
    }
    return decoded
  }

  private static func digit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
