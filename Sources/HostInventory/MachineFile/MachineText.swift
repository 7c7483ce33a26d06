/// Escapes of machine files.
enum MachineText {
  enum Blanks {
    /// Only where an editor would lose them: first and last.
    case outer
    /// Everywhere, for text that ends at a blank.
    case all
  }

  static func escape(_ text: String, blanks: Blanks = .outer) -> String {
    escape(Array(text.utf8)[...], blanks: blanks)
  }

  /// Bytes that are not UTF-8 come out as `\xHH`.
  static func escape(_ bytes: ArraySlice<UInt8>, blanks: Blanks = .outer) -> String {
    let plain = String(validating: bytes, as: UTF8.self) != nil
    var result: [UInt8] = []
    for (index, byte) in zip(bytes.indices, bytes) {
      switch byte {
      case UInt8(ascii: "\\"): result += Array("\\\\".utf8)
      case UInt8(ascii: "\n"): result += Array("\\n".utf8)
      case UInt8(ascii: "\t"): result += Array("\\t".utf8)
      case 0x20 where blanks == .all || index == bytes.startIndex || index == bytes.endIndex - 1:
        result += Array("\\s".utf8)
      case 0..<0x20, 0x7f: result += hex(byte)
      case 0x80... where !plain: result += hex(byte)
      default: result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Nil at a backslash that begins no escape.
  static func unescape(_ text: Substring) -> [UInt8]? {
    var result: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\") else {
        result.append(byte)
        continue
      }
      switch rest.popFirst() {
      case UInt8(ascii: "\\"): result.append(UInt8(ascii: "\\"))
      case UInt8(ascii: "n"): result.append(UInt8(ascii: "\n"))
      case UInt8(ascii: "t"): result.append(UInt8(ascii: "\t"))
      case UInt8(ascii: "s"): result.append(0x20)
      case UInt8(ascii: "x"):
        let digits = String(decoding: rest.prefix(2), as: UTF8.self)
        guard digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16) else {
          return nil
        }
        result.append(value)
        rest = rest.dropFirst(2)
      default: return nil
      }
    }
    return result
  }

  /// A path, name or reason: UTF-8, no NUL; nil for anything else.
  static func word(_ text: Substring) -> String? {
    guard let bytes = unescape(text), !bytes.contains(0) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  /// A file's content as the values of its lines; `\c` marks a last line without an end.
  static func values(of bytes: [UInt8]) -> [String] {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let isWhole = lines.last?.isEmpty == true
    if isWhole { lines.removeLast() }
    var values = lines.map { escape($0) }
    if !isWhole { values[values.count - 1] += "\\c" }
    // A first value of nothing would read as a file of nothing.
    if values.count == 1, values[0].isEmpty { values[0] = "\\n\\c" }
    return values
  }

  private static func hex(_ byte: UInt8) -> [UInt8] {
    let digits = String(byte, radix: 16)
    return Array("\\x\(digits.utf8.count < 2 ? "0" : "")\(digits)".utf8)
  }
}
