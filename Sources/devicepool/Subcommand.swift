import DevicePlugin

/// One subcommand: a value in a file of its own, and a word in `all`.
struct Subcommand: Sendable {
  let name: String
  let summary: String
  /// What follows the flags, as the help shows it: `FILE…`.
  let operands: String
  let flags: FlagSet
  let run: @Sendable (FlagSet.Values) async -> Int32

  static let all: [Subcommand] = [.validate, .plan, .explain, .simulate, .record]

  var help: String {
    """
    devicepool \(name): \(summary)

    usage: devicepool \(name) [flags]\(operands.isEmpty ? "" : " \(operands)")

    \(flags.help)
    """
  }
}
