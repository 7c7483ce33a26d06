/// Replaces identifiers of one machine by tokens: MAC addresses, GUIDs, serial numbers and switch ids.
///
/// Equal identifiers become equal tokens, so that what belongs together stays so, in names too: udev calls an interface
/// `enx001b21aabbcc` and an RDMA device `rocex001b2100aabbccdd` by its address. Tokens are numbered in the order in
/// which identifiers are met, so a machine that was recorded, unpacked and recorded again gives the same text.
struct IdentifierTokens {
  private var tokens: [[UInt8]: Int] = [:]

  /// The text with a token, such as `id1`, instead of each identifier.
  mutating func replace(in text: String) -> String {
    let bytes = Array(text.utf8)
    let replaced = replace(in: bytes)
    return replaced == bytes ? text : String(decoding: replaced, as: UTF8.self)
  }

  mutating func replace(in bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var place = bytes.startIndex
    while place < bytes.endIndex {
      let isStart = place == bytes.startIndex || !Self.isHex(bytes[place - 1])
      if isStart, let end = Self.identifier(in: bytes, at: place) {
        result += token(of: bytes[place..<end])
        place = end
      } else {
        result.append(bytes[place])
        place += 1
      }
    }
    return result
  }

  /// For a value that is an identifier as a whole, in whatever form; what is a token already stays.
  mutating func replace(whole bytes: [UInt8]) -> [UInt8] {
    let lineEnd = bytes.last == UInt8(ascii: "\n") ? 1 : 0
    let value = bytes.dropLast(lineEnd)
    guard !value.isEmpty, !Self.isToken(value) else { return bytes }
    return token(of: value) + bytes.suffix(lineEnd)
  }

  private mutating func token(of identifier: ArraySlice<UInt8>) -> [UInt8] {
    // Spellings of one address are one address.
    let key = identifier.filter(Self.isHex).map { $0 | 0x20 }
    let number = tokens[key] ?? tokens.count + 1
    tokens[key] = number
    return Array("id\(number)".utf8)
  }

  private static func isToken(_ value: ArraySlice<UInt8>) -> Bool {
    value.starts(with: "id".utf8) && value.count > 2
      && value.dropFirst(2).allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  /// Where the identifier ends that begins here; nil when none does.
  ///
  /// Twelve hex digits or more in a row: a MAC address, an EUI-64, a GUID. Six groups or more of two digits: the same
  /// with `:`, `-`, `_` or `.` between. Four groups or more of four with `:`: a GUID or a GID. Three with `.`: a MAC
  /// address as switches write it. 8-4-4-4-12: a UUID. A PCI address, such as `0000:3b:00.0`, is none of these.
  private static func identifier(in bytes: [UInt8], at start: Int) -> Int? {
    var groups: [Int] = []
    var end = start
    var separator: UInt8?
    while true {
      let digits = bytes[end...].prefix(while: isHex).count
      guard digits > 0 else { break }
      groups.append(digits)
      end += digits
      if groups == [digits], digits >= 12 { return end }
      guard end + 1 < bytes.endIndex, isHex(bytes[end + 1]), separators.contains(bytes[end]),
        separator == nil || separator == bytes[end]
      else { break }
      separator = bytes[end]
      end += 1
    }
    guard let separator else { return nil }
    switch separator {
    case UInt8(ascii: "-") where groups == [8, 4, 4, 4, 12]: return end
    case UInt8(ascii: ":") where groups.count >= 4 && groups.allSatisfy({ $0 == 4 }): return end
    case UInt8(ascii: ".") where groups == [4, 4, 4]: return end
    default: return groups.count >= 6 && groups.allSatisfy { $0 == 2 } ? end : nil
    }
  }

  private static let separators = Array(":-_.".utf8)

  private static func isHex(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }
}
