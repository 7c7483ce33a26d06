import JSONText

extension [String] {
  /// `a, b or c`, as an error text says what is expected.
  var alternatives: String { alternatives(with: "or") }

  func alternatives(with word: String) -> String {
    guard count > 1, let last else { return first ?? "" }
    return "\(dropLast().joined(separator: ", ")) \(word) \(last)"
  }
}

extension String {
  /// In quotes, with escapes, and cut to a readable length: what an error text shows of what was found.
  var quoted: String { JSONValue.string(String(prefix(64))).text(escaping: .minimal) }
}
