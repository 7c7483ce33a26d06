import JSONText

extension [String] {
  /// The expected values for a message: `a, b or c`.
  var alternatives: String { alternatives(with: "or") }

  func alternatives(with word: String) -> String {
    guard count > 1, let last else { return first ?? "" }
    return "\(dropLast().joined(separator: ", ")) \(word) \(last)"
  }
}

extension String {
  /// A found text for a message: in quotes, with escapes, and cut to a readable length.
  var quoted: String { JSONValue.string(String(prefix(64))).text(escaping: .minimal) }
}
