/// Compares keys as Go's JSON decoder does: letter case does not count.
public enum JSONKey {
  /// Folds a key for comparison: ASCII letters to lower case, and the Kelvin sign (U+212A) and the long s (U+017F) to
  /// `k` and `s`.
  ///
  /// - Returns: The UTF-8 bytes. Two keys are equal when these are, even where Unicode calls different keys equivalent.
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

  /// Whether Go's decoder stores the value of `key` in the field `name`.
  public static func matches(_ key: String, _ name: String) -> Bool {
    folded(key) == folded(name)
  }
}
