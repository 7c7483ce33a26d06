/// Go's flag syntax, which every existing DaemonSet's `args` are written in: one or two dashes, `-x=v` or `-x v`,
/// booleans bare or with `=`, and the first word that is no flag ends the flags.
///
/// It is written here because Go's rules are part of what this program stands in for, and an argument parser of the
/// usual kind refuses them (and weighs 8 MB).
public struct FlagSet: Sendable {
  public struct Flag: Sendable {
    public enum Kind: Sendable, Equatable {
      case text, boolean, integer
      /// May be given several times.
      case list
    }
    public let name: String
    public let kind: Kind
    /// As the help prints it; empty: none is printed.
    public let standard: String
    /// Empty: accepted for compatibility and left out of the help.
    public let help: String

    public init(_ name: String, _ kind: Kind, standard: String = "", help: String) {
      self.name = name
      self.kind = kind
      self.standard = standard
      self.help = help
    }
  }

  public enum Failure: Error, Equatable, CustomStringConvertible {
    case unknown(String)
    case missingValue(String)
    case badValue(flag: String, value: String, expected: String)
    case helpAsked

    public var description: String {
      switch self {
      case .unknown(let name): "flag provided but not defined: -\(name)"
      case .missingValue(let name): "flag needs an argument: -\(name)"
      case .badValue(let flag, let value, let expected):
        "invalid value '\(value)' for flag -\(flag): expected \(expected)"
      case .helpAsked: "help requested"
      }
    }
  }

  public struct Values: Sendable {
    /// As they were given.
    fileprivate var given: [(name: String, text: String)] = []
    /// What stands after the flags.
    public fileprivate(set) var rest: [String] = []

    /// The last one counts.
    public func text(_ name: String) -> String? { given.last { $0.name == name }?.text }
    public func list(_ name: String) -> [String] { given.filter { $0.name == name }.map(\.text) }
    public func flag(_ name: String) -> Bool { text(name) == "true" }
    public func integer(_ name: String) -> Int? { text(name).flatMap { Int($0) } }
    public func isGiven(_ name: String) -> Bool { text(name) != nil }
  }

  public let flags: [Flag]

  public init(_ flags: [Flag]) { self.flags = flags }

  private subscript(name: String) -> Flag? { flags.first { $0.name == name } }

  public func contains(_ name: String) -> Bool { self[name] != nil }

  /// Where words that are no flags may stand.
  public enum Operands: Sendable {
    /// As in Go: the first one ends the flags.
    case last
    /// Among the flags; `--` ends these.
    case anywhere
  }

  public func parse(_ words: [String], operands: Operands = .last) throws(Failure) -> Values {
    var values = Values()
    var index = words.startIndex
    while index < words.endIndex {
      let word = words[index]
      guard word.hasPrefix("-"), word != "-" else {
        guard operands == .anywhere else { break }
        values.rest.append(word)
        index += 1
        continue
      }
      index += 1
      if word == "--" { break }
      let (name, inline) = Self.split(word)
      guard let flag = self[name] else {
        throw name == "h" || name == "help" ? .helpAsked : .unknown(name)
      }
      let value = try Self.value(of: flag, inline: inline, words: words, index: &index)
      values.given.append((name, value))
    }
    values.rest += words[index...]
    return values
  }

  private static func split(_ word: String) -> (name: String, value: String?) {
    let body = word.drop { $0 == "-" }
    guard let sign = body.firstIndex(of: "=") else { return (String(body), nil) }
    return (String(body[..<sign]), String(body[body.index(after: sign)...]))
  }

  private static func value(
    of flag: Flag, inline: String?, words: [String], index: inout Int
  ) throws(Failure) -> String {
    if flag.kind == .boolean { return try boolean(inline ?? "true", flag.name) }
    guard let value = inline ?? (index < words.endIndex ? words[index] : nil) else { throw .missingValue(flag.name) }
    if inline == nil { index += 1 }
    if flag.kind == .integer, Int(value) == nil {
      throw .badValue(flag: flag.name, value: value, expected: "a whole number")
    }
    return value
  }

  /// The spellings of Go's strconv.ParseBool.
  private static func boolean(_ text: String, _ name: String) throws(Failure) -> String {
    switch text {
    case "1", "t", "T", "true", "TRUE", "True": return "true"
    case "0", "f", "F", "false", "FALSE", "False": return "false"
    default: throw .badValue(flag: name, value: text, expected: "true or false")
    }
  }

  /// One line a flag, those with a help text only.
  public var help: String {
    let shown = flags.filter { !$0.help.isEmpty }
    let width = (shown.map(\.name.count).max() ?? 0) + 3
    return shown.map { flag in
      let name = "-\(flag.name)".padded(to: width)
      return "  \(name)\(flag.help)" + (flag.standard.isEmpty ? "" : " (\(flag.standard))")
    }.joined(separator: "\n")
  }
}

extension String {
  func padded(to width: Int) -> String {
    count >= width ? self : self + String(repeating: " ", count: width - count)
  }
}
