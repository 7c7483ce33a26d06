import Agent
import Glibc
import HostInventory
import KubeletAPI
import ResourcePools

/// Code shared by subcommands that apply a configuration to a host.
extension Subcommand {
  static let planning: [FlagSet.Flag] = [
    .init(
      "config-file", .list, standard: "/etc/pcidp/config.json", completion: .files,
      help: "JSON, a manifest with JSON in it, or - for standard input; repeatable"),
    .init("config-key", .text, help: "the key of a manifest that holds several configurations"),
    .init("resource-prefix", .text, standard: "intel.com", help: "prefix of pools that name none"),
    .init("host-root", .text, standard: "/", completion: .files, help: "the host's root, or a machine file"),
    .init("machine", .text, completion: .files, help: "a machine file to use instead of this host"),
    .init(
      "node-name", .text, standard: "$NODE_NAME",
      help: "the node's name, for pools with nodeNames and keys of a manifest"),
    .init("strict-config", .boolean, standard: "false", help: "an unknown key is an error"),
  ]

  /// The same where a folder of recorded nodes will do too.
  static let planningOfFolders: [FlagSet.Flag] = planning.map { flag in
    guard flag.name == "machine" else { return flag }
    return .init(
      "machine", .text, completion: .files,
      help: "a machine file, or a folder of them: every *.tree in it, one line each")
  }

  static func files(_ values: FlagSet.Values) -> [String] {
    let files = values.list("config-file")
    return files.isEmpty ? ["/etc/pcidp/config.json"] : files
  }

  /// NODE_NAME is this host's: a recorded one has the name it is given.
  static func options(_ values: FlagSet.Values) -> Options {
    var options = Options(configFiles: files(values))
    if let prefix = values.text("resource-prefix") { options.resourcePrefix = prefix }
    let flag = values.isGiven("machine") ? "machine" : "host-root"
    options.hostRoot = values.text(flag) ?? "/"
    options.hostRootOrigin = values.origin(flag)
    options.nodeName = values.text("node-name") ?? (values.isGiven("machine") ? nil : thisNode) ?? ""
    options.strictConfig = values.flag("strict-config")
    return options
  }

  private static var thisNode: String? { getenv("NODE_NAME").map { String(cString: $0) } }

  /// The configuration that counts on the node of `options`.
  static func decode(
    _ input: InputConfiguration, _ values: FlagSet.Values, _ options: Options, node: ConfigDefaults.Node? = nil
  ) -> (config: PluginConfig?, problems: [ConfigProblem]) {
    input.decode(choice(values, options), defaults: ConfigurationFiles(options, node: node).defaults)
  }

  static func choice(_ values: FlagSet.Values, _ options: Options) -> InputConfiguration.Choice {
    InputConfiguration.Choice(nodeName: options.nodeName, key: values.text("config-key"))
  }

  /// Reads configuration and host, reports their problems on standard error, and continues if they can be used.
  ///
  /// - Parameter pods: all pods of the node; nil when they are not known.
  static func rehearse(
    _ values: FlagSet.Values, pods: [PodResources]? = nil, claims: [ClaimedUnit] = [],
    _ report: (Rehearsal, InputConfiguration) async -> Int32
  ) async -> Int32 {
    var options = options(values)
    let input = InputConfiguration(reading: options.configFiles)
    let (config, problems) = decode(input, values, options)
    complain(problems)
    guard let config else {
      if options.nodeName.isEmpty, problems.contains(where: { "\($0.path)".hasSuffix(".nodeNames") }) {
        Console.complain("hint: -node-name NAME tells the node's name")
      }
      return 1
    }
    do {
      options.machine = try UnpackedMachine(options)
      defer { options.machine?.remove() }
      let rehearsal = try await Progress.during("reading the host") { [options] in
        try await Rehearsal.run(config, options: options, pods: pods, claims: claims)
      }
      return await report(rehearsal, input)
    } catch {
      Console.complain("error: \(error)")
      return 3
    }
  }

  /// Says what is wrong with the files on standard error.
  static func complain(_ problems: [ConfigProblem]) {
    for problem in problems { Console.complain("\(problem.severity.rawValue): \(problem.text)") }
  }
}

extension Rehearsal {
  /// By resource name, pools without a unit too.
  var unitCounts: [String: Int] {
    Dictionary(partition.pools.map { ("\($0.name)", $0.units.count) }, uniquingKeysWith: +)
  }
}
