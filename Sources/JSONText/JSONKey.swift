/// How Go's decoder compares an object's keys with its field names.
public enum JSONKey {
  /// Lower case by ASCII, with the two other letters that fold to ASCII ones: `K` (U+212A) and `ſ` (U+017F).
  ///
  /// As bytes: two strings are the same key when these are equal, whatever Unicode calls equivalent.
  public static func folded(_ key: String) -> [UInt8] {
    var folded: [UInt8] = []
    folded.reserveCapacity(key.utf8.count)
    for scalar in key.unicodeScalars {
      switch scalar.value {
      case 0x41...0x5A: folded.append(UInt8(scalar.value + 0x20))
      case ..<0x80: folded.append(UInt8(scalar.value))
      case 0x212A: folded.append(UInt8(ascii: "k"))
      case 0x17F: folded.append(UInt8(ascii: "s"))
      default: folded.append(contentsOf: String(scalar).utf8)
      }
    }
    return folded
  }

  /// Whether Go's decoder takes `key` for the field `name`.
  public static func matches(_ key: String, _ name: String) -> Bool {
    folded(key) == folded(name)
  }
}
