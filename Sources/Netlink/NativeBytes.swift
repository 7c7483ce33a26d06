extension ArraySlice<UInt8> {
  /// The integer in host byte order at `offset` from the slice's start; nil when the slice ends before it does.
  func native<Integer: FixedWidthInteger>(_ type: Integer.Type, at offset: Int = 0) -> Integer? {
    guard offset >= 0, count - offset >= MemoryLayout<Integer>.size else { return nil }
    return withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Integer.self) }
  }

  /// The bytes before the first NUL, or all of them, as text.
  var text: String {
    String(decoding: prefix { $0 != 0 }, as: UTF8.self)
  }
}

/// netlink pads messages and attributes to four bytes.
func paddedToFour(_ length: Int) -> Int { (length + 3) & ~3 }
