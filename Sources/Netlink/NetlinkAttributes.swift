/// The attributes of one message, or of one nested attribute, in the order of the wire.
///
/// Corresponds to a run of `struct nlattr`; every length is checked against the bytes that are there.
struct NetlinkAttributes {
  /// The message they come from, for errors: `RTM_NEWLINK`.
  private let place: String
  private let bytes: ArraySlice<UInt8>
  /// Where the value of each lies in `bytes`.
  private let all: [(type: UInt16, value: Range<Int>)]

  /// Throws `malformed` when an attribute runs over the end.
  init(_ bytes: ArraySlice<UInt8>, of place: String) throws(NetlinkError) {
    var all: [(type: UInt16, value: Range<Int>)] = []
    // A link has some forty, of eight bytes and more.
    all.reserveCapacity(min(bytes.count / 8, 64))
    var start = bytes.startIndex
    while start < bytes.endIndex {
      let offset = start - bytes.startIndex
      let left = bytes.endIndex - start
      guard let length = bytes.native(UInt16.self, at: offset).map(Int.init),
        let type = bytes.native(UInt16.self, at: offset + 2)
      else {
        throw .malformed(message: place, reason: "expected the 4 bytes of an attribute's header, found \(left)")
      }
      // The top two bits are NLA_F_NESTED and NLA_F_NET_BYTEORDER.
      let number = type & 0x3fff
      guard length >= 4, length <= left else {
        throw .malformed(
          message: place, reason: "attribute \(number) says it has \(length) bytes where \(left) are left")
      }
      all.append((type: number, value: (start + 4)..<(start + length)))
      start += paddedToFour(length)
    }
    self.place = place
    self.bytes = bytes
    self.all = all
  }

  /// The first attribute of this type; nil when there is none.
  subscript(_ type: Int) -> ArraySlice<UInt8>? {
    all.first { Int($0.type) == type }.map { bytes[$0.value] }
  }

  /// Every attribute of this type.
  func every(_ type: Int) -> [ArraySlice<UInt8>] {
    all.filter { Int($0.type) == type }.map { bytes[$0.value] }
  }

  /// Nil when there is none; throws `malformed` when it is too short for the integer.
  func integer<Integer: FixedWidthInteger>(_ kind: Integer.Type, _ type: Int) throws(NetlinkError) -> Integer? {
    guard let value = self[type] else { return nil }
    guard let integer = value.native(kind) else {
      throw .malformed(
        message: place,
        reason: "expected \(MemoryLayout<Integer>.size) bytes in attribute \(type), found \(value.count)")
    }
    return integer
  }

  func string(_ type: Int) -> String? { self[type]?.text }

  /// The attributes inside the first attribute of this type; nil when there is none.
  func nested(_ type: Int) throws(NetlinkError) -> NetlinkAttributes? {
    guard let value = self[type] else { return nil }
    return try NetlinkAttributes(value, of: place)
  }

  func everyNested(_ type: Int) throws(NetlinkError) -> [NetlinkAttributes] {
    var found: [NetlinkAttributes] = []
    for value in every(type) { found.append(try NetlinkAttributes(value, of: place)) }
    return found
  }
}
