import Agent
import GRPC
import Glibc
import Linux
import Logging
import Observability
import ResourcePools

/// Picks the subcommand; flags alone mean `run`, so that an existing DaemonSet's `args` work.
struct CommandLineTool {
  private let persona: Persona

  init(program: String) { persona = Persona(program: program) }

  /// The work of a command. It returns the exit code: 0 done, 1 the configuration or the request is wrong, 2 wrong
  /// usage, 3 a node error. Only `AnswerWatchdog` ends the process with 4.
  typealias Job = @Sendable () async -> Int32

  /// The job that the arguments ask for. A daemon's signals are blocked when this returns. A process that may not make a
  /// needed system call ends here.
  func job(_ words: [String]) -> Job {
    let work = work(words)
    return { Console.exitCode(await work()) }
  }

  private func work(_ words: [String]) -> Job {
    if persona.asksForVersion(words) || words == ["--version"] || words == ["-version"] {
      return Self.printing(Version.line)
    }
    guard let first = words.first, !first.hasPrefix("-"), !first.isEmpty else { return daemon(words) }
    let rest = Array(words.dropFirst())
    if first == "run" { return daemon(rest, help: RunHelp.text) }
    if first == "help" { return { help(rest) } }
    if first == "version" {
      guard let word = rest.first else { return Self.printing(Version.line) }
      return Self.complaining("version takes no argument, found '\(word)'", exitCode: 2)
    }
    guard let command = Subcommand.all.first(where: { $0.name == first }) else {
      return Self.complaining(Self.unknown(first), exitCode: 2)
    }
    if let fault = Preflight.fault(for: .command) {
      Console.complain("devicepool: \(fault)")
      exit(3)
    }
    Interruption.prepare()
    return { await run(command, rest) }
  }

  private static func printing(_ text: String) -> Job {
    {
      Console.print(text)
      return 0
    }
  }

  private static func complaining(_ text: String, exitCode: Int32) -> Job {
    {
      Console.complain("devicepool: \(text)")
      return exitCode
    }
  }

  /// Seconds; a pod's termination grace is 30 by default, and all pools stop within two.
  private static let stopPatience: UInt32 = 10

  private func daemon(_ words: [String], help: @autoclosure () -> String = overview) -> Job {
    let options: Options
    do throws(FlagSet.Failure) {
      options = try Options.parse(words, persona: persona, environment: environment)
    } catch .helpAsked {
      return Self.printing(help())
    } catch {
      let text = "\(error)\(Self.advice(on: error, Options.flags, words))\ndevicepool help run lists the flags"
      return Self.complaining(text, exitCode: persona.usageExitCode)
    }
    let log = Log.logger(options)
    if let fault = Preflight.fault(for: .daemon) {
      log.critical("node error", metadata: ["err": "\(fault)"])
      exit(3)
    }
    let signals = Result { () throws(NodeFault) in try Signals() }
    return {
      do throws(NodeFault) {
        return try await Self.serve(options, try signals.get(), log)
      } catch {
        log.critical("node error", metadata: ["err": "\(error)"])
        return 3
      }
    }
  }

  private static func serve(_ options: Options, _ signals: Signals, _ log: Logger) async throws(NodeFault) -> Int32 {
    Log.takeTransportLines(into: log)
    DedicatedThread.reportFailure { log.critical("node error", metadata: ["err": "\($0)"]) }
    let watcher = DescriptorWatcher()
    let queue = CompletionQueue(watcher: watcher)
    // The process ends: an operation that the core never ends must not keep it.
    defer { queue.shutdown(patience: .seconds(2)) }
    let events = try signals.heard(by: watcher, patience: stopPatience)
    return await Agent.run(options, signals: events, queue: queue, log: log)
  }

  private func run(_ command: Subcommand, _ words: [String]) async -> Int32 {
    do throws(FlagSet.Failure) {
      let values = try command.flags.parse(words, operands: .anywhere, environment: environment(for: command))
      if command.operands == .none, let word = values.rest.first { throw .unexpected(word) }
      return await command.run(values)
    } catch .helpAsked {
      Console.print(command.help)
      return 0
    } catch {
      let advice = Self.advice(on: error, command.flags, words)
      let name = "devicepool \(command.name)"
      Console.complain("\(name): \(error)\(advice)\ndevicepool help \(command.name) lists the flags")
      return 2
    }
  }

  /// A suggestion of what was meant; empty without one.
  private static func advice(on failure: FlagSet.Failure, _ flags: FlagSet, _ words: [String]) -> String {
    switch failure {
    case .unknown(let name): flags.nearest(to: name).map { "; did you mean -\($0)?" } ?? ""
    case .unexpected(let word) where names.contains(word):
      "; the subcommand comes first: devicepool \(word) \(words.filter { $0 != word }.joined(separator: " "))"
    case .unexpected("true"), .unexpected("false"): "; a boolean's value stands behind '=', as in -use-cdi=false"
    case .unexpected(let word) where flags.contains("config-file"): "; a configuration is named by -config-file \(word)"
    default: ""
    }
  }

  private static var names: [String] { ["run", "version", "help"] + Subcommand.all.map(\.name) }

  private static func unknown(_ name: String) -> String {
    let advice = NearestWord.of(names, to: name).map { "; did you mean \($0)?" } ?? ""
    return "there is no subcommand '\(name)'\(advice)\ndevicepool help lists them"
  }

  private func help(_ words: [String]) -> Int32 {
    guard let name = words.first else {
      Console.print(Self.overview)
      return 0
    }
    if words.count > 1 {
      Console.complain("devicepool help: takes one subcommand, found '\(words[1])' too")
      return 2
    }
    if let command = Subcommand.all.first(where: { $0.name == name }) {
      Console.print(command.help)
      return 0
    }
    switch name {
    case "run": Console.print(RunHelp.text)
    case "version": Console.print("devicepool version: prints the version, and the commit of a build that knows it")
    case "help": Console.print("devicepool help [SUBCOMMAND]: says more; help -man is the manual page")
    case "-man", "--man": Console.print(ManualPage.roff)
    default:
      Console.complain("devicepool help: \(Self.unknown(name))")
      return 2
    }
    return 0
  }

  /// NODE_NAME, and the variables that stand for the daemon's flags.
  private var environment: [String: String] {
    var found: [String: String] = [:]
    for name in ["NODE_NAME"] + Options.flags.flags.map({ FlagSet.variable($0.name) }) {
      if let value = getenv(name) { found[name] = String(cString: value) }
    }
    return found
  }

  /// The daemon's variables count for a subcommand where they say where the host and its configuration are, so that
  /// `kubectl exec` sees what the daemon sees.
  private func environment(for command: Subcommand) -> [String: String] {
    let names = ["config-file", "resource-prefix", "host-root", "kubelet-dir", "strict-config"].map(FlagSet.variable)
    return environment.filter { names.contains($0.key) }
  }

  private static var overview: String {
    let commands =
      [("run", RunHelp.summary)] + Subcommand.all.map { ($0.name, $0.summary) } + [
        ("version", "prints the version and its commit"),
        ("help", "help SUBCOMMAND says more; help -man is the manual page"),
      ]
    let width = (commands.map(\.0.count).max() ?? 0) + 3
    let lines = commands.map { name, summary in
      "  \(name)\(String(repeating: " ", count: max(1, width - name.count)))\(summary)"
    }
    return """
      devicepool: Kubernetes device pools from a JSON file

      usage: devicepool [run] [flags]
             devicepool SUBCOMMAND [flags]

      subcommands:
      \(lines.joined(separator: "\n"))

      flags of run (one dash or two, -x=value or -x value); devicepool help run says more:
      \(Options.flags.help)

      exit codes: 0 done or asked to stop, 1 the configuration or the request is wrong, 2 wrong usage, 3 a node error,
        4 kubelet was not answered for the time of -watchdog
      """
  }
}
