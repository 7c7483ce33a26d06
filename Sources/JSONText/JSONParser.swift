/// Reads one JSON text without recursion: the open containers are on a stack of its own.
struct JSONParser {
  private let bytes: [UInt8]
  private var index = 0
  private var line = 1
  /// Where the current line begins; raw newlines stand between tokens only.
  private var lineStart = 0
  private var open: [Container] = []

  private struct Container {
    let position: JSONPosition
    let isObject: Bool
    var items: [JSONNode] = []
    var members: [JSONMember] = []
    var key = ""
    var keyPosition: JSONPosition

    mutating func add(_ node: JSONNode) {
      if isObject {
        members.append(JSONMember(key: key, position: keyPosition, value: node))
      } else {
        items.append(node)
      }
    }

    var node: JSONNode { JSONNode(value: isObject ? .object(members) : .array(items), position: position) }
  }

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func parse() throws(JSONSyntaxError) -> JSONNode {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      throw JSONSyntaxError(position: position, found: "a byte order mark", expected: "a value")
    }
    skipWhitespace()
    while true {
      guard let node = try readValue() else { continue }
      if let root = try finish(node) { return root }
    }
  }

  private var position: JSONPosition { JSONPosition(line: line, column: index - lineStart + 1) }

  private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  /// Nil when a container was opened that is not empty: its first value is next.
  private mutating func readValue() throws(JSONSyntaxError) -> JSONNode? {
    let start = position
    switch next {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      return try openContainer(at: start)
    case UInt8(ascii: "\""):
      return JSONNode(value: .string(try readString()), position: start)
    case UInt8(ascii: "-"), (UInt8(ascii: "0")...UInt8(ascii: "9"))?:
      return JSONNode(value: .number(try readNumber()), position: start)
    case UInt8(ascii: "t"):
      try skip(word: "true")
      return JSONNode(value: .bool(true), position: start)
    case UInt8(ascii: "f"):
      try skip(word: "false")
      return JSONNode(value: .bool(false), position: start)
    case UInt8(ascii: "n"):
      try skip(word: "null")
      return JSONNode(value: .null, position: start)
    default:
      throw unexpected(expected: "a value")
    }
  }

  private mutating func openContainer(at start: JSONPosition) throws(JSONSyntaxError) -> JSONNode? {
    guard open.count < JSONNode.maximumDepth else {
      throw JSONSyntaxError(
        position: start, found: "a value nested deeper than \(JSONNode.maximumDepth)", expected: "a shallower text")
    }
    let isObject = bytes[index] == UInt8(ascii: "{")
    index += 1
    skipWhitespace()
    var container = Container(position: start, isObject: isObject, keyPosition: start)
    if next == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
      index += 1
      return container.node
    }
    if isObject {
      (container.key, container.keyPosition) = try readKey(expected: "a key in double quotes or '}'")
    }
    open.append(container)
    return nil
  }

  private mutating func readKey(expected: String) throws(JSONSyntaxError) -> (String, JSONPosition) {
    guard next == UInt8(ascii: "\"") else { throw unexpected(expected: expected) }
    let start = position
    let key = try readString()
    skipWhitespace()
    guard next == UInt8(ascii: ":") else { throw unexpected(expected: "':' after a key") }
    index += 1
    skipWhitespace()
    return (key, start)
  }

  /// Adds the value to its container and closes what ends here. Returns the root once it is complete, else nil.
  private mutating func finish(_ value: JSONNode) throws(JSONSyntaxError) -> JSONNode? {
    var node = value
    while true {
      skipWhitespace()
      guard !open.isEmpty else {
        guard next == nil else { throw unexpected(expected: "the end of the text") }
        return node
      }
      let top = open.count - 1
      open[top].add(node)
      let isObject = open[top].isObject
      switch next {
      case UInt8(ascii: ","):
        let comma = position
        index += 1
        skipWhitespace()
        if next == UInt8(ascii: "}") || next == UInt8(ascii: "]") {
          throw JSONSyntaxError(
            position: comma, found: "a trailing comma", expected: "no comma after the last entry")
        }
        if isObject {
          let (key, keyPosition) = try readKey(expected: "a key in double quotes")
          open[top].key = key
          open[top].keyPosition = keyPosition
        }
        return nil
      case isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"):
        index += 1
        node = open.removeLast().node
      default:
        throw unexpected(expected: isObject ? "',' or '}'" : "',' or ']'")
      }
    }
  }

  private mutating func skipWhitespace() {
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
        index += 1
      case UInt8(ascii: "\n"):
        index += 1
        line += 1
        lineStart = index
      default:
        return
      }
    }
  }

  private mutating func skip(word: StaticString) throws(JSONSyntaxError) {
    for offset in 0..<word.utf8CodeUnitCount {
      guard next == word.utf8Start[offset] else { throw unexpected(expected: "the word \(word)") }
      index += 1
    }
  }

  private mutating func readNumber() throws(JSONSyntaxError) -> String {
    let start = index
    if next == UInt8(ascii: "-") { index += 1 }
    if next == UInt8(ascii: "0") {
      index += 1
    } else {
      try skipDigits()
    }
    if next == UInt8(ascii: ".") {
      index += 1
      try skipDigits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      index += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { index += 1 }
      try skipDigits()
    }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  private mutating func skipDigits() throws(JSONSyntaxError) {
    let start = index
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
    guard index > start else { throw unexpected(expected: "a digit") }
  }

  /// The string whose opening quote is next.
  private mutating func readString() throws(JSONSyntaxError) -> String {
    index += 1
    // Plain bytes since `start` come after `content`, which is empty until the first escape.
    var start = index
    var content: [UInt8] = []
    var bits: UInt8 = 0
    while let byte = next {
      bits |= byte
      switch byte {
      case UInt8(ascii: "\""):
        let rest = bytes[start..<index]
        index += 1
        if content.isEmpty { return bits < 0x80 ? String(decoding: rest, as: UTF8.self) : LooseUTF8.string(rest) }
        content += rest
        return LooseUTF8.string(content[...])
      case UInt8(ascii: "\\"):
        content += bytes[start..<index]
        index += 1
        content += try readEscape()
        start = index
      case 0..<0x20:
        throw unexpected(expected: "a string without raw control characters")
      default:
        index += 1
      }
    }
    throw unexpected(expected: "the '\"' that ends the string")
  }

  /// The bytes that an escape stands for; its backslash is behind.
  private mutating func readEscape() throws(JSONSyntaxError) -> [UInt8] {
    let plain: UInt8
    switch next {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): plain = bytes[index]
    case UInt8(ascii: "b"): plain = 0x08
    case UInt8(ascii: "f"): plain = 0x0C
    case UInt8(ascii: "n"): plain = 0x0A
    case UInt8(ascii: "r"): plain = 0x0D
    case UInt8(ascii: "t"): plain = 0x09
    case UInt8(ascii: "u"):
      index += 1
      let scalar = try readScalar()
      return Array(String(scalar).utf8)
    default:
      throw unexpected(expected: "one of \"\\/bfnrtu after a backslash")
    }
    index += 1
    return [plain]
  }

  /// Four hexadecimal digits, with the escape of the other half when they are a surrogate; U+FFFD for a lone one.
  private mutating func readScalar() throws(JSONSyntaxError) -> Unicode.Scalar {
    let first = try readHex4()
    if let scalar = Unicode.Scalar(first) { return scalar }
    let afterFirst = index
    if first < 0xDC00, next == UInt8(ascii: "\\"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "u") {
      index += 2
      let second = try readHex4()
      if (0xDC00...0xDFFF).contains(second),
        let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
      {
        return scalar
      }
      index = afterFirst
    }
    return "\u{FFFD}"
  }

  private mutating func readHex4() throws(JSONSyntaxError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw unexpected(expected: "four hexadecimal digits after \\u")
      }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }

  private func unexpected(expected: String) -> JSONSyntaxError {
    let found: String
    switch next {
    case nil: found = "the end of the text"
    case let byte? where (0x21...0x7E).contains(byte): found = "'\(Character(Unicode.Scalar(byte)))'"
    case let byte?: found = "the byte 0x\(String(byte >> 4, radix: 16))\(String(byte & 0xF, radix: 16))"
    }
    return JSONSyntaxError(position: position, found: found, expected: expected)
  }
}
