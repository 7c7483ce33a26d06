import Agent

extension Subcommand {
  /// `completion SHELL`: a script that completes subcommands, flags and their values.
  static let completion = Subcommand(
    name: "completion", summary: "a script for bash, zsh or fish that completes this program's words",
    operands: .words(Shell.allCases.map(\.rawValue), "SHELL"), flags: FlagSet([]),
    details: """
      SHELL is bash, zsh or fish. The script completes subcommands, flags, the values of flags and file names.

      exit codes: 0 done, 2 wrong usage, 3 the output can't be written
      example: devicepool completion bash > /usr/share/bash-completion/completions/devicepool
               devicepool completion zsh > /usr/local/share/zsh/site-functions/_devicepool
               devicepool completion fish > /usr/share/fish/vendor_completions.d/devicepool.fish
      """
  ) { values in
    guard values.rest.count == 1, let shell = Shell(rawValue: values.rest[0]) else {
      let found = values.rest.isEmpty ? "no shell" : "'\(values.rest.joined(separator: " "))'"
      Console.complain("devicepool completion: found \(found), expected bash, zsh or fish")
      return 2
    }
    Console.print(CompletionScript(shell).text)
    return 0
  }
}

/// Shells with a completion script.
enum Shell: String, CaseIterable {
  case bash, zsh, fish
}
