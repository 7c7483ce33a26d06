/// Finds the bytes of a scalar's content again in the YAML text that it was read from.
struct ScalarOffsets {
  private let scalar: YAMLScalar
  private let source: [UInt8]

  /// The offset in `source` of each byte of the content; for an unsupported style, the scalar's own offset.
  static func of(_ scalar: YAMLScalar, in source: [UInt8]) -> [Int] {
    let walk = ScalarOffsets(scalar: scalar, source: source)
    let offsets: [Int]? =
      switch scalar.style {
      case .literal: walk.literal()
      case .doubleQuoted: walk.doubleQuoted()
      case .other: nil
      }
    return offsets ?? Array(repeating: scalar.offset, count: max(scalar.bytes.count, 1))
  }

  /// A block after `|`: each line as it is, without the indentation they share.
  private func literal() -> [Int]? {
    var place = scalar.offset
    skipLine(&place)
    var offsets: [Int] = []
    for line in scalar.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      let end = source[place...].firstIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } ?? source.count
      // The indentation is what the source's line has more than the content's; blank lines may have less.
      let start = max(place, end - line.count)
      guard line.isEmpty || source[start..<end].elementsEqual(line) else { return nil }
      offsets += start..<start + line.count
      if offsets.count < scalar.bytes.count { offsets.append(end) }
      place = end
      skipLine(&place)
    }
    return offsets.count == scalar.bytes.count ? offsets : nil
  }

  private func skipLine(_ place: inout Int) {
    place = source[min(place, source.count)...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? source.count
  }

  /// Text between double quotes: escapes stand for one character, a line break with its indentation for a space.
  private func doubleQuoted() -> [Int]? {
    var offsets: [Int] = []
    var place = scalar.offset + 1
    while offsets.count < scalar.bytes.count {
      guard place < source.count else { return nil }
      let start = place
      let wanted = scalar.bytes[offsets.count]
      switch source[place] {
      case UInt8(ascii: "\\"):
        guard let length = escapeLength(at: place) else { return nil }
        place += length
        guard length > 0, !isLineBreak(start + 1) else {
          skipBlanks(&place)
          continue
        }
        // One character, of as many bytes as its first one says.
        let width = min(characterWidth(wanted), scalar.bytes.count - offsets.count)
        offsets += Array(repeating: start, count: width)
      case wanted where !isLineBreak(place):
        offsets.append(place)
        place += 1
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
        skipBlanks(&place)
        let breaks = source[start..<place].count { $0 == UInt8(ascii: "\n") }
        offsets += Array(repeating: start, count: max(1, breaks - 1))
      default:
        return nil
      }
    }
    return offsets.count == scalar.bytes.count ? offsets : nil
  }

  private func skipBlanks(_ place: inout Int) {
    while place < source.count,
      source[place] == UInt8(ascii: " ") || source[place] == UInt8(ascii: "\t") || isLineBreak(place)
    {
      place += 1
    }
  }

  private func isLineBreak(_ place: Int) -> Bool {
    place < source.count && (source[place] == UInt8(ascii: "\n") || source[place] == UInt8(ascii: "\r"))
  }

  private func escapeLength(at place: Int) -> Int? {
    guard place + 1 < source.count else { return nil }
    switch source[place + 1] {
    case UInt8(ascii: "x"): return 4
    case UInt8(ascii: "u"): return 6
    case UInt8(ascii: "U"): return 10
    default: return 2
    }
  }

  private func characterWidth(_ first: UInt8) -> Int {
    switch first {
    case 0xC0...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xFF: 4
    default: 1
    }
  }
}
