/// Warnings of single values of a selector, all in one form.
enum SelectorValue {
  /// Warns that no device can match the value; `advice` says what to write.
  static func dead(_ value: String, _ path: ConfigPath, _ advice: String) -> ConfigProblem {
    ConfigProblem(.warning, path: path, reason: "\(value.quoted) matches no device: \(advice)")
  }

  /// `reason` follows the value in the message.
  static func warning(_ value: String, _ path: ConfigPath, _ reason: String) -> ConfigProblem {
    ConfigProblem(.warning, path: path, reason: "\(value.quoted) \(reason)")
  }

  static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  /// The characters of shell patterns.
  static func isWildcard(_ character: Character) -> Bool { character == "*" || character == "?" || character == "[" }
}
