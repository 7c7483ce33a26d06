/// Which characters of a string are escaped.
public enum JSONEscaping: Sendable {
  /// Those that JSON demands and, as Go's encoder does, `<`, `>`, `&`, U+2028 and U+2029.
  case go
  /// Only those that JSON demands.
  case minimal
}

/// The order in which the keys of an object are written.
public enum JSONKeyOrder: Sendable {
  /// The order of the value's fields.
  case given
  /// Byte order, at every level.
  case sorted
}

extension JSONValue {
  /// Writes the value on one line without spaces.
  public func text(escaping: JSONEscaping = .go, keys: JSONKeyOrder = .given) -> String {
    var writer = JSONWriter(indentation: nil, escaping: escaping, keys: keys)
    writer.output.reserveCapacity(256)
    writer.write(self, depth: 0)
    return String(decoding: writer.output, as: UTF8.self)
  }

  /// Writes the value with two spaces for each level, one line for each element, and a newline at the end. Empty
  /// containers are written `[]` and `{}`.
  public func prettyText(keys: JSONKeyOrder = .sorted) -> String {
    var writer = JSONWriter(indentation: 2, escaping: .minimal, keys: keys)
    writer.write(self, depth: 0)
    writer.output.append(UInt8(ascii: "\n"))
    return String(decoding: writer.output, as: UTF8.self)
  }
}

struct JSONWriter {
  /// The depth of indentation; nil writes everything on one line.
  let indentation: Int?
  let escaping: JSONEscaping
  let keys: JSONKeyOrder
  var output: [UInt8] = []

  mutating func write(_ value: JSONValue, depth: Int) {
    switch value {
    case .null: write(plain: "null")
    case .bool(let flag): write(plain: flag ? "true" : "false")
    case .int(let number): write(plain: String(number))
    case .number(let text): write(plain: text)
    case .string(let text): write(string: text)
    case .array(let items):
      writeContainer(UInt8(ascii: "["), items, UInt8(ascii: "]"), depth: depth) { writer, item in
        writer.write(item, depth: depth + 1)
      }
    case .object(let fields):
      let ordered =
        keys == .given || fields.count < 2
        ? fields : fields.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      writeContainer(UInt8(ascii: "{"), ordered, UInt8(ascii: "}"), depth: depth) { writer, field in
        writer.write(string: field.key)
        writer.output.append(UInt8(ascii: ":"))
        if writer.indentation != nil { writer.output.append(UInt8(ascii: " ")) }
        writer.write(field.value, depth: depth + 1)
      }
    }
  }

  private mutating func writeContainer<Item>(
    _ opening: UInt8, _ items: [Item], _ closing: UInt8, depth: Int, writeItem: (inout JSONWriter, Item) -> Void
  ) {
    output.append(opening)
    for (index, item) in items.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      newLine(depth: depth + 1)
      writeItem(&self, item)
    }
    if !items.isEmpty { newLine(depth: depth) }
    output.append(closing)
  }

  private mutating func newLine(depth: Int) {
    guard let indentation else { return }
    output.append(UInt8(ascii: "\n"))
    output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * indentation))
  }

  mutating func write(string text: String) {
    var text = text
    output.append(UInt8(ascii: "\""))
    // Most text needs no escape at all.
    let isPlain = text.withUTF8 { $0.allSatisfy { Self.isPlain($0) } }
    if isPlain {
      write(plain: text)
    } else {
      for scalar in text.unicodeScalars { write(scalar) }
    }
    output.append(UInt8(ascii: "\""))
  }

  private mutating func write(plain text: String) {
    var text = text
    text.withUTF8 { output.append(contentsOf: $0) }
  }

  /// Printable ASCII that no dialect escapes.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x22, 0x5C, 0x3C, 0x3E, 0x26: false
    default: byte >= 0x20 && byte < 0x7f
    }
  }

  private mutating func write(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x22: write(plain: "\\\"")
    case 0x5C: write(plain: "\\\\")
    case 0x08: write(plain: "\\b")
    case 0x0C: write(plain: "\\f")
    case 0x0A: write(plain: "\\n")
    case 0x0D: write(plain: "\\r")
    case 0x09: write(plain: "\\t")
    case 0..<0x20: writeEscape(scalar)
    case 0x3C, 0x3E, 0x26, 0x2028, 0x2029: escaping == .go ? writeEscape(scalar) : append(scalar)
    default: append(scalar)
    }
  }

  private mutating func writeEscape(_ scalar: Unicode.Scalar) {
    let digits = String(scalar.value, radix: 16)
    write(plain: "\\u")
    output.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count))
    write(plain: digits)
  }

  private mutating func append(_ scalar: Unicode.Scalar) {
    if scalar.isASCII {
      output.append(UInt8(truncatingIfNeeded: scalar.value))
    } else {
      write(plain: String(scalar))
    }
  }
}
