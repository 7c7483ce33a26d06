import Agent
import ResourcePools

extension Subcommand {
  /// `validate FILE…`: every problem with its place; exit code 1 if one is an error.
  static let validate = Subcommand(
    name: "validate", summary: "checks configuration files: every problem with its place", operands: "FILE…",
    flags: FlagSet([
      .init("resource-prefix", .text, standard: "intel.com", help: "prefix of pools that name none"),
      .init("strict-config", .boolean, standard: "false", help: "an unknown key is an error"),
      .init("machine", .text, help: "a machine file or a folder of them: which pools would be empty there"),
      .init("node-name", .text, help: "for pools with nodeNames; all nodes if not given"),
      .init("together", .boolean, standard: "false", help: "JSON files are one configuration, as for the daemon"),
    ]),
    details: """
      A FILE is JSON, or a ConfigMap manifest with configurations in its data. Each file, and each key of a ConfigMap,
      is a configuration of its own; with -together the JSON files are one, as the daemon reads the files of repeated
      -config-file. A problem is printed as severity: file:line:column: JSON path: what was found and what was expected.

      With a folder in -machine, every *.tree in it is a node of that name, and there is a line for each.

      exit codes: 0 no error (there may be warnings), 1 an error, or a pool has no device on any node of a folder,
      2 wrong usage, 3 a machine file can't be read;
      with -strict-config a key that does not exist is an error
      example: devicepool validate -strict-config -machine node7.tree config.json
      """
  ) { values in
    guard !values.rest.isEmpty else {
      Console.complain("devicepool validate: name at least one configuration file or ConfigMap manifest")
      return 2
    }
    let prefix = values.text("resource-prefix") ?? "intel.com"
    let defaults = ConfigDefaults(
      resourcePrefix: prefix, strictUnknownKeys: values.flag("strict-config"),
      node: values.text("node-name").map { .named($0) } ?? .any)
    return await withFolder(values) { folder in
      var code: Int32 = 0
      let grouping: CheckedConfiguration.Grouping = values.flag("together") ? .together : .apart
      for checked in CheckedConfiguration.all(in: values.rest, grouping, defaults: defaults) {
        code = max(code, await report(checked, machine: folder == nil ? values.text("machine") : nil))
        if let folder, let config = checked.config {
          code = max(code, await look(at: folder, with: config, named: values.text("node-name")))
        }
      }
      return code
    }
  }

  private static func report(_ checked: CheckedConfiguration, machine: String?) async -> Int32 {
    var problems = checked.problems
    var code: Int32 = checked.config == nil ? 1 : 0
    if let config = checked.config, let machine {
      var options = Options(configFiles: [])
      options.hostRoot = machine
      do {
        problems += checked.emptyPools(of: try await Rehearsal.run(config, options: options))
      } catch {
        Console.complain("error: \(error)")
        code = 3
      }
    }
    for problem in problems { Console.print("\(problem.severity.rawValue): \(problem.text)") }
    if let config = checked.config {
      let pools = counted(config.pools.count + config.sharedPools.count + config.poolsElsewhere.count, "pool")
      Console.print("\(checked.name): \(pools), \(counted(problems.count, "warning"))")
    }
    return code
  }

  /// A line a node; a pool that is empty on all of them is an error.
  private static func look(
    at folder: MachineFolder, with config: PluginConfig, named name: String?
  ) async -> Int32 {
    var options = Options(configFiles: [])
    options.nodeName = name ?? ""
    return await folder.each(options) { node, _ in
      do {
        let rehearsal = try await Rehearsal.run(config.applying(on: node.nodeName), options: node)
        let empty = rehearsal.unitCounts.filter { $0.value == 0 }.keys.sorted()
        let text = empty.isEmpty ? "every pool has devices" : "no device for \(empty.joined(separator: ", "))"
        return MachineFolder.Verdict(code: 0, text: text, units: rehearsal.unitCounts)
      } catch {
        return MachineFolder.Verdict(code: 3, text: "\(error)")
      }
    }
  }

  private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
