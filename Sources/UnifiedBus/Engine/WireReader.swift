/// Reads integers and strings from the front of a message, never beyond its end.
struct WireReader {
  enum Order: Sendable {
    case littleEndian, bigEndian
  }

  private var rest: ArraySlice<UInt8>
  private let order: Order

  init(_ bytes: ArraySlice<UInt8>, order: Order) {
    rest = bytes
    self.order = order
  }

  var remaining: Int { rest.count }

  mutating func byte() -> UInt8? { rest.popFirst() }

  mutating func uint32() -> UInt32? { integer(order) }

  /// 64-bit integers are little-endian in every dialect.
  mutating func uint64() -> UInt64? { integer(.littleEndian) }

  /// Reads a length and that many bytes.
  mutating func counted() -> ArraySlice<UInt8>? {
    guard let length = uint32(), length <= rest.count else { return nil }
    defer { rest = rest.dropFirst(Int(length)) }
    return rest.prefix(Int(length))
  }

  private mutating func integer<Value: FixedWidthInteger>(_ order: Order) -> Value? {
    let width = Value.bitWidth / 8
    guard rest.count >= width else { return nil }
    defer { rest = rest.dropFirst(width) }
    let digits = rest.prefix(width)
    return switch order {
    case .bigEndian: digits.reduce(0) { $0 << 8 | Value(truncatingIfNeeded: $1) }
    case .littleEndian: digits.reversed().reduce(0) { $0 << 8 | Value(truncatingIfNeeded: $1) }
    }
  }
}

extension FixedWidthInteger {
  /// The bytes of the integer, lowest first, as in every request.
  var littleEndianBytes: [UInt8] {
    (0..<Self.bitWidth / 8).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) }
  }
}
