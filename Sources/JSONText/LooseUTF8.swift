/// Text from bytes that need not be UTF-8, by Go's rule.
enum LooseUTF8 {
  /// U+FFFD for every byte that is not part of a well-formed character.
  ///
  /// Swift's own repair gives one U+FFFD for a whole broken sequence, Go one for each of its bytes.
  static func string(_ bytes: ArraySlice<UInt8>) -> String {
    if let valid = String(validating: bytes, as: UTF8.self) { return valid }
    var text = String.UnicodeScalarView()
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let length = expectedLength(bytes[index])
      let end = min(index + length, bytes.endIndex)
      if end - index == length, let valid = String(validating: bytes[index..<end], as: UTF8.self) {
        text.append(contentsOf: valid.unicodeScalars)
        index = end
      } else {
        text.append("\u{FFFD}")
        index += 1
      }
    }
    return String(text)
  }

  private static func expectedLength(_ lead: UInt8) -> Int {
    switch lead {
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 1
    }
  }
}
