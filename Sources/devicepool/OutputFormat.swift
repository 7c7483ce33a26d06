import Agent

/// The forms that a command's output has, chosen by `-o`.
enum OutputFormat: String, CaseIterable {
  case text, json, html, yaml
  /// Annotations of GitHub's workflows.
  case github

  /// The flag of a command that has these forms; the first is the default.
  static func flag(_ formats: OutputFormat..., help: String) -> FlagSet.Flag {
    .init("o", .text, standard: formats[0].rawValue, choices: formats.map(\.rawValue), help: help)
  }

  init(_ values: FlagSet.Values) { self = values.text("o").flatMap { OutputFormat(rawValue: $0) } ?? .text }
}
