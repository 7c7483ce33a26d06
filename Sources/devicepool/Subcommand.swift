import Agent

/// One subcommand: a value in a file of its own, and a word in `all`.
struct Subcommand: Sendable {
  let name: String
  let summary: String
  let operands: Operands
  let flags: FlagSet
  /// What the help says beyond the flags: formats, exit codes, examples.
  let details: String
  let run: @Sendable (FlagSet.Values) async -> Int32

  /// What follows the flags.
  enum Operands: Sendable, Equatable {
    case none
    /// Shells complete the names of files. The text is what the help shows: `FILE…`.
    case files(String)
    /// Shells complete these words.
    case words([String], String)
    /// No shell knows these words.
    case others(String)

    var text: String {
      switch self {
      case .none: ""
      case .files(let text), .words(_, let text), .others(let text): text
      }
    }
  }

  static let all: [Subcommand] = [
    .validate, .plan, .explain, .inventory, .slices, .deviceClass, .simulate, .record, .completion,
  ]

  init(
    name: String, summary: String, operands: Operands, flags: FlagSet, details: String,
    run: @escaping @Sendable (FlagSet.Values) async -> Int32
  ) {
    self.name = name
    self.summary = summary
    self.operands = operands
    self.flags = flags
    self.details = details
    self.run = run
  }

  var help: String {
    """
    devicepool \(name): \(summary)

    usage: devicepool \(name) [flags]\(operands == .none ? "" : " \(operands.text)")

    flags:
    \(flags.help)

    \(details)
    """
  }
}
