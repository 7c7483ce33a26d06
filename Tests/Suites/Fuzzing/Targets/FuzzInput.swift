/// Takes small values from the front of a fuzzer's bytes; where they end, zeros and nothing follow.
struct FuzzInput {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  var isEmpty: Bool { rest.isEmpty }

  mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

  /// A number below `count`, which is positive.
  mutating func choice(of count: Int) -> Int { Int(byte()) % count }

  /// A length of two bytes, the lower first, and at most that many bytes.
  mutating func counted() -> [UInt8] {
    let length = Int(byte()) | Int(byte()) << 8
    defer { rest = rest.dropFirst(length) }
    return Array(rest.prefix(length))
  }
}
