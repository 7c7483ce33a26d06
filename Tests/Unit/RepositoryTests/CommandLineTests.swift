import Agent
import Foundation
import JSONText
import TestSupport
import Testing

/// Words that are wrong, output that is lost, and output for programs.
@Suite("The command line's edges") struct CommandLineTests {
  private static let machine = "Tests/Fixtures/Cases/one-stage-at-a-time/machine.tree"
  private static let config = "Tests/Fixtures/Cases/one-stage-at-a-time/config.json"

  private static let nodes = "Tests/Fixtures/Manual/nodes"

  private static let commands: [[String]] = [
    ["help"], ["help", "plan"], ["help", "-man"], ["version"], ["--version"], ["run", "-h"], ["plan", "-h"],
    ["validate", config], ["validate", "-o", "json", config], ["completion", "bash"], ["completion", "zsh"],
    ["completion", "fish"], ["plan", "-machine", machine, "-config-file", config],
    ["plan", "-machine", machine, "-config-file", config, "-o", "json"],
    ["explain", "-machine", machine, "-config-file", config, "0000:0d:11.0"],
    ["explain", "-machine", machine, "-config-file", config, "-o", "json", "0000:0d:11.0"],
    ["inventory", "-machine", machine, "-config-file", config],
    ["inventory", "-machine", machine, "-config-file", config, "-o", "html"],
    ["simulate", "-machine", machine, "-config-file", config],
    ["simulate", "-machine", machine, "-config-file", config, "-o", "json"],
    ["inventory", "-machine", machine, "-config-file", config, "-o", "json"],
    ["slices", "-all", "-machine", machine, "-config-file", config],
    ["slices", "-all", "-machine", machine, "-config-file", config, "-o", "json"],
    ["deviceclass", "-all", "-config-file", config], ["deviceclass", "-all", "-config-file", config, "-o", "json"],
    ["validate", "-machine", nodes, config], ["plan", "-machine", nodes, "-config-file", config],
    ["plan", "-machine", nodes, "-config-file", config, "-o", "json"],
    ["simulate", "-machine", nodes, "-config-file", config],
    ["record", "-host-root", machine, "-"], ["record", "-host-root", machine, "/dev/full"],
  ]

  @Test(arguments: commands) func outputThatCannotBeWrittenIsAnError(words: [String]) throws {
    for target in words.last == "/dev/full" ? ["> /dev/null"] : ["> /dev/full", ">&-"] {
      let (code, output) = try Program.run(
        URL(fileURLWithPath: "/bin/bash"), ["-c", "\"$0\" \"$@\" \(target)", Program.own.path] + words,
        in: Repository.root)
      #expect(code == 3, "\(words) \(target): \(output)")
      #expect(output.contains("write"), "\(words) \(target): \(output)")
    }
    #expect(FileManager.default.fileExists(atPath: "/dev/full"))
  }

  /// Of the help, so that a new subcommand has its rows too.
  static func subcommands() throws -> [String] {
    let lines = try Program.run(["help"]).output.components(separatedBy: "subcommands:\n").last?.split(
      separator: "\n", omittingEmptySubsequences: false)
    return (lines ?? []).prefix { !$0.isEmpty }.compactMap { $0.split(separator: " ").first.map(String.init) }
  }

  @Test func everySubcommandIsInTheTable() throws {
    let names = try Self.subcommands()
    #expect(names.count > 9)
    for name in names { #expect(Self.commands.contains { $0.first == name }, "\(name)") }
  }

  @Test(
    arguments: [
      (["plan", "new.json"], "unexpected argument 'new.json'; a configuration is named by -config-file new.json"),
      (["inventory", "x"], "unexpected argument 'x'"), (["simulate", "x"], "unexpected argument 'x'"),
      (["-v", "4", "inventory"], "the subcommand comes first: devicepool inventory -v 4"),
      (["run", "-use-cdi", "false"], "a boolean's value stands behind '=', as in -use-cdi=false"),
      (["vaildate", "x.json"], "there is no subcommand 'vaildate'; did you mean validate?"),
      (["plan", "-confg-file", "x"], "flag provided but not defined: -confg-file; did you mean -config-file?"),
      (["-regstration", "x"], "flag provided but not defined: -regstration; did you mean -registration?"),
      (["plan", "-o", "xml"], "invalid value 'xml' for flag -o: expected one of text, json"),
      (["validate", "-o", "html", "x"], "expected one of text, json, github"),
      (["completion", "ksh"], "found 'ksh', expected bash, zsh or fish"), (["completion"], "found no shell"),
      (["help", "plann"], "did you mean plan?"), (["version", "X"], "version takes no argument, found 'X'"),
      (["version", "--bogus"], "version takes no argument, found '--bogus'"),
      (["help", "plan", "X"], "takes one subcommand, found 'X' too"),
      (["help", "-man", "X"], "takes one subcommand, found 'X' too"),
    ])
  func wrongWordsGetASuggestion(words: [String], text: String) throws {
    let (code, output) = try Program.run(words)
    #expect(code == 2)
    #expect(output.contains(text), "\(output)")
    #expect(output.split(separator: "\n").count <= 2, "\(output)")
  }

  @Test func messagesNameTheFlagThatWasGiven() throws {
    for flag in ["-machine", "-host-root"] {
      let (code, output) = try Program.run(["plan", flag, "/no/such", "-config-file", Self.config])
      #expect(code == 3)
      #expect(output.contains("\(flag) /no/such: No such file or directory"), "\(output)")
    }
    #expect(try Program.run(["validate", "-machine", "/no/such", Self.config]).output.contains("-machine /no/such"))
    let (_, output) = try Program.run(
      ["plan", "-config-file", Self.config], environment: ["DEVICEPOOL_HOST_ROOT": "/no"])
    #expect(output.contains("DEVICEPOOL_HOST_ROOT /no: No such file"), "\(output)")
  }

  /// As in a container whose manifest sets them: `kubectl exec` sees what the daemon sees.
  @Test func flagsFromTheEnvironment() throws {
    let environment = [
      "DEVICEPOOL_CONFIG_FILE": Self.config, "DEVICEPOOL_HOST_ROOT": Self.machine,
      "DEVICEPOOL_RESOURCE_PREFIX": "env.io", "DEVICEPOOL_LISTEN": "9808", "DEVICEPOOL_REGISTRATION": "auto",
    ]
    for command in [["plan"], ["explain", "0000:0d:11.0"], ["inventory"], ["simulate"]] {
      let (code, output) = try Program.run(command, environment: environment)
      #expect(code == 0, "\(command): \(output)")
      if command != ["inventory"], command != ["simulate"] { #expect(output.contains("env.io/"), "\(output)") }
    }
    let given = try Program.run(["plan", "-resource-prefix", "flag.io"], environment: environment).output
    #expect(given.contains("flag.io/") && !given.contains("env.io"))
    let wrong = try Program.run(["run"], environment: ["DEVICEPOOL_V": "much"])
    #expect(wrong.code == 2)
    #expect(wrong.output.contains("invalid value 'much' in the environment variable DEVICEPOOL_V"), "\(wrong.output)")
  }

  private func json(_ words: [String]) throws -> JSONNode {
    let (code, output) = try Program.run(words)
    #expect(code == 0, "\(output)")
    return try JSONNode.parse(Array(output.utf8))
  }

  /// A terminal would obey what a device, a configuration or the record of another machine is called.
  @Test(arguments: [["plan"], ["inventory"], ["explain", "0000:0d:11.0"], ["simulate"], ["validate"]])
  func controlCharactersAreShown(words: [String]) throws {
    let directory = try TemporaryDirectory()
    let machine = try Repository.text(Self.machine).replacingOccurrences(of: "net/", with: "net/\u{1b}[31m")
      .replacingOccurrences(of: "fact link ", with: "fact link \u{1b}[31m")
    #expect(machine.contains("\u{1b}"))
    try machine.write(toFile: directory["m.tree"], atomically: false, encoding: .utf8)
    let config = words == ["validate"] ? [Self.config] : ["-config-file", Self.config]
    let (_, output) = try Program.run(words + ["-machine", directory["m.tree"]] + config)
    #expect(!output.contains("\u{1b}"), "\(output)")
    if words == ["inventory"] { #expect(output.contains(#"\u{1b}[31m"#), "\(output)") }
  }

  @Test func everyReportForPrograms() throws {
    let host = ["-machine", Self.machine, "-config-file", Self.config]
    let explained = try json(["explain", "-o", "json", "0000:0d:11.0"] + host)
    let pool = try #require(explained["devices"]?.array?.first?["pools"]?.array?.first)
    #expect(pool["outcome"]?.string == "dropped")
    #expect(pool["stages"]?.array?.compactMap { $0["stage"]?.string } == ["devices", "drivers"])
    let checked = try json(["validate", "-o", "json", "-machine", Self.machine, Self.config])
    let configuration = try #require(checked["configurations"]?.array?.first)
    #expect(configuration["pools"]?.int == 1 && configuration["usable"]?.bool == true)
    #expect(configuration["problems"]?.array?.first?["severity"]?.string == "warning")
    let vfs = "Tests/Fixtures/Manual/nodes/worker-1.tree"
    let simulated = try json([
      "simulate", "-o", "json", "-machine", vfs, "-config-file", "config-examples/demo/config.json",
    ])
    #expect(simulated["allocatable"]?["intel.com/intel_fec"]?.int == 3)
    #expect(simulated["containers"]?.array?.first?["environment"]?.members?.isEmpty == false)
    let nodes = try json([
      "simulate", "-o", "json", "-machine", "Tests/Fixtures/Manual/nodes", "-config-file",
      "config-examples/demo/config.json",
    ])
    #expect(nodes["nodes"]?.array?.count == 2)
  }

  @Test func annotationsOfAWorkflow() throws {
    let (code, output) = try Program.run(["validate", "-o", "github", "Tests/Fixtures/Manual/mistakes.json"])
    #expect(code == 0)
    let lines = output.split(separator: "\n")
    #expect(!lines.isEmpty)
    for line in lines { #expect(line.hasPrefix("::warning file=Tests/Fixtures/Manual/mistakes.json,line="), "\(line)") }
    #expect(lines[0].contains(",col=") && lines[0].contains("::resourceList[0].selectors.pfName: unknown key"))
  }

  @Test func completionInBash() throws {
    let script = """
      set -e
      source <("$0" completion bash)
      try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _devicepool; echo "${COMPREPLY[*]}"; }
      try devicepool pl
      try devicepool plan -o ''
      try devicepool plan -conf
      try devicepool completion z
      try devicepool -regi
      """
    let (code, output) = try Program.run(
      URL(fileURLWithPath: "/bin/bash"), ["-c", script, Program.own.path], in: Repository.root)
    #expect(code == 0, "\(output)")
    #expect(output == "plan\ntext json\n-config-file -config-key\nzsh\n-registration\n", "\(output)")
  }

  /// The operands that the help calls FILE.
  @Test func filesAreCompleted() throws {
    let takers = try Program.subcommands().filter { name in
      try Program.run(["help", name]).output.contains(try Regex("usage: devicepool \(name) .*FILE"))
    }
    #expect(takers.contains("validate") && takers.contains("record"))
    let script = """
      source <("$0" completion bash)
      COMP_WORDS=(devicepool "$1" Makef); COMP_CWORD=2; compopt() { :; }; _devicepool; echo "${COMPREPLY[*]}"
      """
    for name in takers {
      let (code, output) = try Program.run(
        URL(fileURLWithPath: "/bin/bash"), ["-c", script, Program.own.path, name], in: Repository.root)
      #expect(code == 0 && output == "Makefile\n", "\(name): \(output)")
    }
  }

  private static func hasShell(_ name: String) -> Bool {
    FileManager.default.isExecutableFile(atPath: "/usr/bin/\(name)")
  }

  @Test(.enabled(if: hasShell("zsh"), "needs zsh")) func completionInZsh() throws {
    let script = """
      autoload -Uz compinit && compinit -u -D
      source <("$1" completion zsh) && whence -w _devicepool && print -r -- "$_comps[devicepool]"
      """
    let (code, output) = try Program.run(
      URL(fileURLWithPath: "/usr/bin/zsh"), ["-f", "-c", script, "zsh", Program.own.path], in: Repository.root)
    #expect(code == 0, "\(output)")
    #expect(output.contains("_devicepool: function") && output.hasSuffix("_devicepool\n"), "\(output)")
  }

  @Test(.enabled(if: hasShell("fish"), "needs fish")) func completionInFish() throws {
    let script = """
      "\(Program.own.path)" completion fish | source
      complete -C 'devicepool pl'
      complete -C 'devicepool plan -o '
      """
    let (code, output) = try Program.run(
      URL(fileURLWithPath: "/usr/bin/fish"), ["--no-config", "-c", script], in: Repository.root)
    #expect(code == 0, "\(output)")
    #expect(output.contains("plan\t") && output.contains("json"), "\(output)")
  }

  /// A completion of every flag that the help lists.
  @Test(arguments: ["bash", "zsh", "fish"]) func everyFlagIsCompleted(shell: String) throws {
    let script = try Program.run(["completion", shell]).output
    for flag in Options.flags.flags where !flag.help.isEmpty {
      #expect(script.contains(shell == "fish" ? "-o \(flag.name) " : "-\(flag.name)"), "\(flag.name)")
    }
  }
}
