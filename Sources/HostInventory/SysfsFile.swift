import Glibc

/// Forms that the kernel gives to the text of an attribute; what was read goes in, a value or nil comes out.
enum SysfsFile {
  /// One attribute is at most a page.
  static let capacity = 4096

  /// Text without blanks and line ends around it; nil when it is not UTF-8.
  static func text(_ bytes: UnsafeRawBufferPointer) -> String? {
    String(validating: trim(bytes), as: UTF8.self)
  }

  /// Decimal, with a sign if need be; nil for anything else.
  static func integer(_ bytes: UnsafeRawBufferPointer) -> Int? {
    var digits = trim(bytes)[...]
    let negative = digits.first == UInt8(ascii: "-")
    if negative { digits.removeFirst() }
    guard !digits.isEmpty, digits.count <= 18 else { return nil }
    var value = 0
    for byte in digits {
      guard (0x30...0x39).contains(byte) else { return nil }
      value = value * 10 + Int(byte & 0xf)
    }
    return negative ? -value : value
  }

  /// `0x` and hex digits; nil for anything else.
  static func hex(_ bytes: UnsafeRawBufferPointer) -> UInt32? {
    guard let text = text(bytes), text.hasPrefix("0x"), text.dropFirst(2).allSatisfy(\.isHexDigit) else { return nil }
    return UInt32(text.dropFirst(2), radix: 16)
  }

  static func trim(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var range = bytes.startIndex..<bytes.endIndex
    while let first = range.first, isBlank(bytes[first]) { range.removeFirst() }
    while let last = range.last, isBlank(bytes[last]) { range.removeLast() }
    return UnsafeRawBufferPointer(rebasing: bytes[range])
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x9...0xd).contains(byte)
  }
}
