import Agent

/// A completion script, made of the same tables as the help.
struct CompletionScript {
  private let shell: Shell

  init(_ shell: Shell) { self.shell = shell }

  /// A subcommand as a shell sees it.
  private struct Command {
    let name: String
    let summary: String
    let flags: [FlagSet.Flag]
    let operands: Subcommand.Operands
  }

  private static var commands: [Command] {
    let run = Command(
      name: "run", summary: RunHelp.summary, flags: Options.flags.flags.filter { !$0.help.isEmpty }, operands: .none)
    let others = Subcommand.all.map { command in
      Command(
        name: command.name, summary: command.summary, flags: command.flags.flags, operands: command.operands)
    }
    let names = [run.name] + others.map(\.name)
    return [run] + others + [
      Command(name: "version", summary: "prints the version and its commit", flags: [], operands: .none),
      Command(name: "help", summary: "says more of a subcommand", flags: [], operands: .words(names, "SUBCOMMAND")),
    ]
  }

  var text: String {
    switch shell {
    case .bash: bash
    case .zsh: zsh
    case .fish: fish
    }
  }

  // MARK: bash

  private var bash: String {
    let commands = Self.commands
    return """
      # bash completion of devicepool
      _devicepool() {
        local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" command=run place
        for ((place = 1; place < COMP_CWORD; place++)); do
          case "${COMP_WORDS[place]}" in
            \(commands.map(\.name).joined(separator: "|"))) command="${COMP_WORDS[place]}"; break ;;
          esac
        done
        COMPREPLY=()
        case "$command $before" in
      \(commands.flatMap(Self.bashValues).joined(separator: "\n"))
        esac
        if [[ "$word" == -* ]]; then
          case "$command" in
      \(commands.map(Self.bashFlags).joined(separator: "\n"))
          esac
        elif [[ "$place" == "$COMP_CWORD" ]]; then
          COMPREPLY=($(compgen -W "\(commands.map(\.name).joined(separator: " "))" -- "$word"))
        else
          case "$command" in
      \(commands.compactMap(Self.bashOperands).joined(separator: "\n"))
          esac
        fi
      }
      complete -F _devicepool devicepool
      """
  }

  private static func bashValues(_ command: Command) -> [String] {
    command.flags.filter { $0.kind != .boolean }.map { flag in
      let action = bashAction(flag.choices, flag.completion)
      return "    \"\(command.name) -\(flag.name)\"|\"\(command.name) --\(flag.name)\") \(action)return ;;"
    }
  }

  private static func bashAction(_ choices: [String], _ completion: FlagSet.Flag.Completion) -> String {
    if !choices.isEmpty { return "COMPREPLY=($(compgen -W \"\(choices.joined(separator: " "))\" -- \"$word\")); " }
    return switch completion {
    case .files: "compopt -o filenames; COMPREPLY=($(compgen -f -- \"$word\")); "
    case .directories: "compopt -o filenames; COMPREPLY=($(compgen -d -- \"$word\")); "
    case .nothing: ""
    }
  }

  private static func bashFlags(_ command: Command) -> String {
    let flags = command.flags.map { "-\($0.name)" }.joined(separator: " ")
    return "      \(command.name)) COMPREPLY=($(compgen -W \"\(flags)\" -- \"$word\")) ;;"
  }

  private static func bashOperands(_ command: Command) -> String? {
    switch command.operands {
    case .none, .others: nil
    case .files: "      \(command.name)) \(bashAction([], .files));;"
    case .words(let words, _): "      \(command.name)) \(bashAction(words, .nothing));;"
    }
  }

  // MARK: zsh

  private var zsh: String {
    let commands = Self.commands
    return """
      #compdef devicepool
      # zsh completion of devicepool
      _devicepool() {
        local -a commands
        commands=(
      \(commands.map { "    '\($0.name):\(Self.quoted($0.summary, escaping: ":"))'" }.joined(separator: "\n"))
        )
        local command=${words[2]} context state line
        typeset -A opt_args
        if (( CURRENT == 2 )) && [[ ${words[2]} != -* ]]; then
          _describe -t commands 'subcommand' commands
          return
        fi
        if [[ $command == -* ]]; then
          command=run
        else
          shift words
          (( CURRENT-- ))
        fi
        case $command in
      \(commands.map(Self.zshCommand).joined(separator: "\n"))
        esac
      }
      if [[ $funcstack[1] == _devicepool ]]; then
        _devicepool "$@"
      else
        compdef _devicepool devicepool
      fi
      """
  }

  private static func zshCommand(_ command: Command) -> String {
    var words = command.flags.map { flag in
      let many = flag.kind == .list ? "*" : ""
      let value = flag.kind == .boolean ? "" : ":value:\(zshAction(flag.choices, flag.completion))"
      return "'\(many)-\(flag.name)[\(quoted(flag.help, escaping: "[]:"))]\(value)'"
    }
    switch command.operands {
    case .none, .others: break
    case .files: words.append("'*:file:_files'")
    case .words(let choices, _): words.append("'1:word:\(zshAction(choices, .nothing))'")
    }
    let lines = words.isEmpty ? "_message 'no more words'" : "_arguments \(words.joined(separator: " \\\n        "))"
    return "    \(command.name))\n      \(lines)\n      ;;"
  }

  private static func zshAction(_ choices: [String], _ completion: FlagSet.Flag.Completion) -> String {
    if !choices.isEmpty { return "(\(choices.joined(separator: " ")))" }
    return switch completion {
    case .files: "_files"
    case .directories: "_directories"
    case .nothing: " "
    }
  }

  // MARK: fish

  private var fish: String {
    let commands = Self.commands
    let names = commands.map(\.name).joined(separator: " ")
    var lines = [
      "# fish completion of devicepool",
      "complete -c devicepool -f",
    ]
    for command in commands {
      lines.append(
        "complete -c devicepool -n 'not __fish_seen_subcommand_from \(names)' -a \(command.name) "
          + "-d '\(Self.quoted(command.summary, escaping: ""))'")
    }
    for command in commands {
      let own = "-n '__fish_seen_subcommand_from \(command.name)'"
      let isDefault = command.name == "run"
      // Flags alone mean run.
      let orNone = "-n '__fish_seen_subcommand_from run; or not __fish_seen_subcommand_from \(names)'"
      let condition = isDefault ? orNone : own
      lines += command.flags.map { "complete -c devicepool \(condition) -o \($0.name) \(Self.fishValue($0))" }
      switch command.operands {
      case .none, .others: break
      case .files: lines.append("complete -c devicepool \(own) -F")
      case .words(let words, _): lines.append("complete -c devicepool \(own) -a '\(words.joined(separator: " "))'")
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func fishValue(_ flag: FlagSet.Flag) -> String {
    let help = "-d '\(quoted(flag.help, escaping: ""))'"
    if flag.kind == .boolean { return help }
    if !flag.choices.isEmpty { return "-x -a '\(flag.choices.joined(separator: " "))' \(help)" }
    return switch flag.completion {
    case .files: "-r -F \(help)"
    case .directories: "-x -a '(__fish_complete_directories)' \(help)"
    case .nothing: "-x \(help)"
    }
  }

  /// Text between single quotes; `special` characters get a backslash.
  private static func quoted(_ text: String, escaping special: String) -> String {
    text.reduce(into: "") { result, character in
      if character == "'" {
        result += "’"
      } else {
        result += special.contains(character) || character == "\\" ? "\\\(character)" : String(character)
      }
    }
  }
}
