import ResourcePools

/// Parses flags in the syntax of Go's flag package, as existing DaemonSets have them in `args`: one or two dashes,
/// `-x=v` or `-x v`, booleans bare or with `=`; the first word that is not a flag ends the flags.
///
/// The usual argument parsers refuse this syntax (and add 8 MB to the program).
public struct FlagSet: Sendable {
  /// One flag with its kind, default and help.
  public struct Flag: Sendable {
    /// How a flag's value is written.
    public enum Kind: Sendable, Equatable {
      /// Any text.
      case text
      /// `true` or `false`; the bare flag means `true`.
      case boolean
      /// A decimal number.
      case integer
      /// May be given several times.
      case list
    }
    /// The name without its dash.
    public let name: String
    /// How its value is written.
    public let kind: Kind
    /// The default that the help prints; empty for none.
    public let standard: String
    /// The line in the help; empty for a flag that is only accepted for compatibility, which the help leaves out.
    public let help: String
    /// The only allowed values; empty means any.
    public let choices: [String]
    /// What a shell offers for the value besides the choices.
    public let completion: Completion

    /// The words that a shell offers for a flag's value.
    public enum Completion: Sendable {
      /// Nothing.
      case nothing
      /// Paths of files.
      case files
      /// Paths of directories.
      case directories
    }

    /// Creates a flag; those without a help text are hidden.
    public init(
      _ name: String, _ kind: Kind, standard: String = "", choices: [String] = [], completion: Completion = .nothing,
      help: String
    ) {
      self.name = name
      self.kind = kind
      self.standard = standard
      self.choices = choices
      self.completion = completion
      self.help = help
    }
  }

  /// Why the arguments can't be parsed, in the words of Go's flag package.
  public enum Failure: Error, Equatable, CustomStringConvertible {
    /// No flag has this name.
    case unknown(String)
    /// The flag of this name is the last word, and needs a value.
    case missingValue(String)
    /// The value is not one that the flag takes.
    case badValue(flag: String, value: String, expected: String)
    /// A word that belongs to no flag.
    case unexpected(String)
    /// The arguments ask for the help, e.g. by `-h`.
    case helpAsked

    public var description: String {
      switch self {
      case .unknown(let name): "flag provided but not defined: -\(name)"
      case .missingValue(let name): "flag needs an argument: -\(name)"
      case .badValue(let flag, let value, let expected):
        if flag.hasPrefix(FlagSet.variablePrefix) {
          "invalid value '\(value)' in the environment variable \(flag): expected \(expected)"
        } else {
          "invalid value '\(value)' for flag -\(flag): expected \(expected)"
        }
      case .unexpected(let word): "unexpected argument '\(word)'"
      case .helpAsked: "help requested"
      }
    }
  }

  /// The flags and operands that were given.
  public struct Values: Sendable {
    /// As they were given; the origin is the flag with its dash, or the environment variable.
    fileprivate var given: [(name: String, text: String, origin: String)] = []
    /// The words after the flags.
    public fileprivate(set) var rest: [String] = []

    /// The value of the flag; nil when it is not given. The last of several counts.
    public func text(_ name: String) -> String? { given.last { $0.name == name }?.text }
    /// All values of the flag in their order.
    public func list(_ name: String) -> [String] { given.filter { $0.name == name }.map(\.text) }
    /// Whether the flag is given as `true`.
    public func flag(_ name: String) -> Bool { text(name) == "true" }
    /// The last value as a number; nil when the flag is not given.
    public func integer(_ name: String) -> Int? { text(name).flatMap { Int($0) } }
    /// Whether the arguments or the environment set the flag.
    public func isGiven(_ name: String) -> Bool { text(name) != nil }
    /// The flag, or the environment variable in its place.
    func name(_ flag: String) -> String { origin(flag) == "-\(flag)" ? flag : origin(flag) }
    /// The origin of the value, for messages: `-host-root`, or the environment variable.
    public func origin(_ name: String) -> String { given.last { $0.name == name }?.origin ?? "-\(name)" }
  }

  /// The flags in the order of the help.
  public let flags: [Flag]

  /// Creates a set; each name occurs once.
  public init(_ flags: [Flag]) { self.flags = flags }

  private subscript(name: String) -> Flag? { flags.first { $0.name == name } }

  /// Whether there is a flag of this name.
  public func contains(_ name: String) -> Bool { self[name] != nil }

  /// Where arguments that are not flags may stand.
  public enum Operands: Sendable {
    /// As in Go: the first one ends the flags.
    case last
    /// Operands may stand between flags, up to `--`.
    case anywhere
  }

  static let variablePrefix = "DEVICEPOOL_"

  /// The environment variable that stands for a flag: `DEVICEPOOL_CONFIG_FILE`.
  public static func variable(_ flag: String) -> String {
    variablePrefix + String(flag.uppercased().map { $0 == "-" ? "_" : $0 })
  }

  /// Parses the arguments. `environment` has values for flags that `words` lacks; the values of a list are separated by
  /// commas.
  public func parse(
    _ words: [String], operands: Operands = .last, environment: [String: String] = [:]
  ) throws(Failure) -> Values {
    var values = try parse(words, operands)
    for flag in flags where !values.isGiven(flag.name) {
      let variable = Self.variable(flag.name)
      guard let text = environment[variable], !text.isEmpty else { continue }
      let texts = flag.kind == .list ? text.split(separator: ",").map(String.init) : [text]
      for text in texts {
        let value = try Self.checked(text, for: flag, calledBy: variable)
        values.given.append((flag.name, value, variable))
      }
    }
    return values
  }

  private func parse(_ words: [String], _ operands: Operands) throws(Failure) -> Values {
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
      values.given.append((name, value, "-\(name)"))
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
    if flag.kind == .boolean { return try checked(inline ?? "true", for: flag, calledBy: flag.name) }
    guard let value = inline ?? (index < words.endIndex ? words[index] : nil) else { throw .missingValue(flag.name) }
    if inline == nil { index += 1 }
    return try checked(value, for: flag, calledBy: flag.name)
  }

  /// The value as `Values` holds it.
  private static func checked(_ text: String, for flag: Flag, calledBy name: String) throws(Failure) -> String {
    if flag.kind == .boolean { return try boolean(text, name) }
    if flag.kind == .integer, Int(text) == nil {
      throw .badValue(flag: name, value: text, expected: "a whole number")
    }
    if !flag.choices.isEmpty, !flag.choices.contains(text) {
      throw .badValue(flag: name, value: text, expected: "one of \(flag.choices.joined(separator: ", "))")
    }
    return text
  }

  /// The flag with the most similar name; nil when none is similar.
  public func nearest(to name: String) -> String? {
    NearestWord.of(flags.filter { !$0.help.isEmpty }.map(\.name), to: name)
  }

  /// The spellings of Go's strconv.ParseBool.
  private static func boolean(_ text: String, _ name: String) throws(Failure) -> String {
    switch text {
    case "1", "t", "T", "true", "TRUE", "True": return "true"
    case "0", "f", "F", "false", "FALSE", "False": return "false"
    default: throw .badValue(flag: name, value: text, expected: "true or false")
    }
  }

  /// The help, one line for each flag that has a help text.
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
