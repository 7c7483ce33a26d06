import Agent
import Glibc
import HostInventory
import ResourcePools

/// What subcommands have in common that apply a configuration to a host.
extension Subcommand {
  static let planning: [FlagSet.Flag] = [
    .init("config-file", .list, standard: "/etc/pcidp/config.json", help: "the pools; repeatable"),
    .init("resource-prefix", .text, standard: "intel.com", help: "prefix of pools that name none"),
    .init("host-root", .text, standard: "/", help: "the host's root, or a machine file"),
    .init("machine", .text, help: "a machine file, in the place of this host"),
    .init("node-name", .text, standard: "$NODE_NAME", help: "the node's name, for pools with nodeNames"),
    .init("strict-config", .boolean, standard: "false", help: "an unknown key is an error"),
  ]

  /// The same where a folder of recorded nodes will do too.
  static let planningOfFolders: [FlagSet.Flag] = planning.map { flag in
    guard flag.name == "machine" else { return flag }
    return .init(
      "machine", .text, help: "a machine file, or a folder of them: every *.tree in it, one line each")
  }

  /// NODE_NAME is this host's: a recorded one has the name it is given.
  static func options(_ values: FlagSet.Values) -> Options {
    let files = values.list("config-file")
    var options = Options(configFiles: files.isEmpty ? ["/etc/pcidp/config.json"] : files)
    if let prefix = values.text("resource-prefix") { options.resourcePrefix = prefix }
    options.hostRoot = values.text("machine") ?? values.text("host-root") ?? "/"
    let isThisHost = options.hostRoot == "/"
    options.nodeName =
      values.text("node-name") ?? (isThisHost ? getenv("NODE_NAME").map { String(cString: $0) } : nil) ?? ""
    options.strictConfig = values.flag("strict-config")
    return options
  }

  /// Reads configuration and host, says what is wrong with them on standard error, and goes on if they can be used.
  static func rehearse(_ values: FlagSet.Values, _ report: (Rehearsal) async -> Int32) async -> Int32 {
    let options = options(values)
    let (config, problems) = read(ConfigurationFiles(options))
    guard let config else {
      if options.nodeName.isEmpty, problems.contains(where: { "\($0.path)".hasSuffix(".nodeNames") }) {
        Console.complain("hint: -node-name NAME tells the node's name")
      }
      return 1
    }
    do {
      let rehearsal = try await Progress.during("reading the host") {
        try await Rehearsal.run(config, options: options)
      }
      return await report(rehearsal)
    } catch {
      Console.complain("error: \(error)")
      return 3
    }
  }

  /// One node of a folder; what is wrong with the configuration was said before, with the folder.
  static func rehearsed(
    _ node: Options, _ report: (Rehearsal) async -> MachineFolder.Verdict
  ) async -> MachineFolder.Verdict {
    guard let config = ConfigurationFiles(node).read().config else {
      return MachineFolder.Verdict(code: 1, text: "the configuration can't be used")
    }
    do {
      return await report(try await Rehearsal.run(config, options: node))
    } catch {
      return MachineFolder.Verdict(code: 3, text: "\(error)")
    }
  }

  /// With a folder in -machine, `report` is asked once the configuration was found to be usable.
  static func inFolder(
    _ values: FlagSet.Values, _ report: (MachineFolder, Options) async -> Int32, orElse other: () async -> Int32
  ) async -> Int32 {
    await withFolder(values) { folder in
      guard let folder else { return await other() }
      let options = options(values)
      let node = options.nodeName.isEmpty ? ConfigDefaults.Node.any : .named(options.nodeName)
      let (config, _) = read(ConfigurationFiles(options, node: node))
      return config == nil ? 1 : await report(folder, options)
    }
  }

  /// Hands over the folder that -machine names; nil: it names none.
  static func withFolder(_ values: FlagSet.Values, _ use: (MachineFolder?) async -> Int32) async -> Int32 {
    let folder: MachineFolder?
    do throws(MachineFolder.Failure) {
      folder = try MachineFolder(values.text("machine"))
    } catch {
      Console.complain("error: \(error)")
      return 3
    }
    return await use(folder)
  }

  /// Says what is wrong with the files on standard error.
  private static func read(_ files: ConfigurationFiles) -> (config: PluginConfig?, problems: [ConfigProblem]) {
    let (config, problems) = files.read()
    for problem in problems { Console.complain("\(problem.severity.rawValue): \(problem.text)") }
    return (config, problems)
  }
}

extension Rehearsal {
  /// By resource name, pools without a unit too.
  var unitCounts: [String: Int] {
    Dictionary(partition.pools.map { ("\($0.name)", $0.units.count) }, uniquingKeysWith: +)
  }
}
