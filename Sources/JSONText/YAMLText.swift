extension JSONValue {
  /// The value as a YAML document of block collections, with a newline at the end.
  ///
  /// A string is plain where no reader of YAML 1.1 or 1.2 takes it for something else, and in double quotes, escaped as
  /// in JSON, elsewhere.
  public var yamlText: String {
    var lines: [String] = []
    YAMLLines.add(self, indentation: "", first: "", to: &lines)
    return lines.joined(separator: "\n") + "\n"
  }
}

private enum YAMLLines {
  /// `first` precedes the value's first line, instead of the indentation.
  static func add(_ value: JSONValue, indentation: String, first: String, to lines: inout [String]) {
    var lead = first
    switch value {
    case .array(let items) where !items.isEmpty:
      for item in items {
        add(item, indentation: indentation + "  ", first: lead + "- ", to: &lines)
        lead = indentation
      }
    case .object(let fields) where !fields.isEmpty:
      for field in fields {
        add(field, indentation: indentation, first: lead, to: &lines)
        lead = indentation
      }
    default: lines.append(first + scalar(value))
    }
  }

  private static func add(
    _ field: JSONValue.Field, indentation: String, first: String, to lines: inout [String]
  ) {
    let key = "\(first)\(scalar(.string(field.key))):"
    guard isBlock(field.value) else {
      lines.append("\(key) \(scalar(field.value))")
      return
    }
    lines.append(key)
    if case .array = field.value {
      add(field.value, indentation: indentation, first: indentation, to: &lines)
    } else {
      add(field.value, indentation: indentation + "  ", first: indentation + "  ", to: &lines)
    }
  }

  private static func isBlock(_ value: JSONValue) -> Bool {
    switch value {
    case .array(let items): !items.isEmpty
    case .object(let fields): !fields.isEmpty
    default: false
    }
  }

  private static func scalar(_ value: JSONValue) -> String {
    if case .string(let text) = value, isPlain(text) { return text }
    return value.text(escaping: .minimal)
  }

  /// Words that some reader takes for a boolean or null.
  private static let reserved: Set<String> = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]

  /// It starts with a letter and has no special character; a word of digits could be a number in base 60.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first), let last = text.utf8.last, last != UInt8(ascii: "-"),
      !reserved.contains(text.lowercased())
    else { return false }
    return text.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || "-_./".utf8.contains($0) }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20)
  }
}
