import JSONText

/// Classifies a text: is it a configuration?
enum ConfigText: Sendable {
  /// It has one of the two lists of pools, or is broken and mentions one.
  case configuration
  /// JSON with mistakes that does not mention them.
  case broken
  /// `{}` or `null`.
  case empty
  /// Nothing but blanks, or YAML's null.
  case blank
  /// Something else: a script, a dashboard.
  case other

  /// `key` is what the text stands under in a ConfigMap.
  init(_ bytes: [UInt8], key: String) {
    guard let first = bytes.firstIndex(where: { !Self.isBlank($0) }) else {
      self = .blank
      return
    }
    // Scripts and certificates need not be parsed.
    let beginsAsObject = bytes[first] == UInt8(ascii: "{")
    guard beginsAsObject || key.hasSuffix(".json") else {
      self = Self.isNothing(bytes) ? .blank : .other
      return
    }
    if let root = try? JSONNode.parse(bytes) {
      self = Self.verdict(on: root)
    } else if Self.mentionsPools(bytes) {
      self = .configuration
    } else {
      // `{{` begins a template.
      let next = bytes[(first + 1)...].first { !Self.isBlank($0) }
      let isObject = beginsAsObject && (next == UInt8(ascii: "\"") || next == UInt8(ascii: "}"))
      self = isObject || key.hasSuffix(".json") ? .broken : .other
    }
  }

  private static func verdict(on root: JSONNode) -> ConfigText {
    if root.isNull { return .empty }
    guard let members = root.members else { return .other }
    if hasPools(members.map(\.key)) { return .configuration }
    return members.isEmpty ? .empty : .other
  }

  enum FileForm {
    /// The text is decoded as it is, valid or not.
    case configuration
    /// JSON without a list of pools, which may be a manifest.
    case json
    /// YAML, or an object of Kubernetes in JSON.
    case manifest
  }

  static func form(ofFile file: [UInt8]) -> FileForm {
    switch file.first(where: { !isBlank($0) }) {
    // A comment in front of JSON begins with a slash; no manifest does.
    case nil, UInt8(ascii: "["), UInt8(ascii: "/"): return .configuration
    // A byte order mark: YAML allows it, and a configuration with one gets an error that says so.
    case 0xEF: return file.dropFirst(3).first { !isBlank($0) } == UInt8(ascii: "{") ? .configuration : .manifest
    case UInt8(ascii: "{"):
      guard let root = try? JSONNode.parse(file), let members = root.members else { return .configuration }
      if hasPools(members.map(\.key)) { return .configuration }
      return root["kind"]?.string == nil || root["apiVersion"]?.string == nil ? .json : .manifest
    default: return .manifest
    }
  }

  /// Whether one of the keys is a list of pools, in any case.
  static func hasPools(_ keys: [String]) -> Bool {
    keys.contains { key in lists.contains { JSONKey.matches(key, $0) } }
  }

  private static let lists = ["resourceList", "configList"]

  private static func mentionsPools(_ bytes: [UInt8]) -> Bool {
    let words = lists.map { Array($0.lowercased().utf8) }
    return bytes.indices.contains { start in
      words.contains { word in
        bytes.count - start >= word.count && zip(bytes[start...], word).allSatisfy { $0 | 0x20 == $1 }
      }
    }
  }

  /// Whether the text is blank or YAML's null, which Kubernetes stores as an empty text.
  static func isNothing(_ bytes: [UInt8]) -> Bool {
    let words = bytes.split(whereSeparator: isBlank)
    guard let word = words.first else { return true }
    return words.count == 1 && ["null", "Null", "NULL", "~"].contains { $0.utf8.elementsEqual(word) }
  }

  /// Whether the text is UTF-16, with or without a byte order mark.
  static func isUTF16(_ bytes: [UInt8]) -> Bool {
    let start = Array(bytes.prefix(2))
    return start == [0xFF, 0xFE] || start == [0xFE, 0xFF] || (start.count == 2 && (start[0] == 0) != (start[1] == 0))
  }

  static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (UInt8(ascii: "\t")...UInt8(ascii: "\r")).contains(byte)
  }
}
