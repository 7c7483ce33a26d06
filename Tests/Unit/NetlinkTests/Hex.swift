/// Bytes written as hexadecimal digits; everything after `#` on a line is a comment.
func hex(_ text: String) -> [UInt8] {
  let lines = text.split(separator: "\n").map { $0.prefix { $0 != "#" } }
  let digits = lines.joined().compactMap(\.hexDigitValue).map(UInt8.init)
  return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// The same bytes in groups of four, for messages of failed expectations.
func dump(_ bytes: [UInt8]) -> String {
  var text = ""
  for (index, byte) in bytes.enumerated() {
    if index > 0, index % 4 == 0 { text += " " }
    text += String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
  }
  return text
}
