import Agent

/// One subcommand: a value in a file of its own, and a word in `all`.
struct Subcommand: Sendable {
  let name: String
  let summary: String
  /// What follows the flags, as the help shows it: `FILE…`.
  let operands: String
  let flags: FlagSet
  /// What the help says beyond the flags: formats, exit codes, examples.
  let details: String
  let run: @Sendable (FlagSet.Values) async -> Int32

  static let all: [Subcommand] = [
    .validate, .plan, .explain, .inventory, .slices, .deviceClass, .simulate, .record, .completion,
  ]

  init(
    name: String, summary: String, operands: String, flags: FlagSet, details: String,
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

    usage: devicepool \(name) [flags]\(operands.isEmpty ? "" : " \(operands)")

    flags:
    \(flags.help)

    \(details)
    """
  }
}
