import DevicePlugin
import ResourcePools

extension Subcommand {
  /// `validate FILE…`: every problem with its place; exit code 1 if one is an error.
  static let validate = Subcommand(
    name: "validate", summary: "checks configuration files: every problem with its place", operands: "FILE…",
    flags: FlagSet([
      .init("resource-prefix", .text, standard: "intel.com", help: "prefix of pools that name none"),
      .init("strict-config", .boolean, standard: "false", help: "an unknown key is an error"),
      .init("machine", .text, help: "a machine file: say which pools would be empty there"),
      .init("node-name", .text, help: "for pools with nodeNames; all nodes if not given"),
    ]),
    details: """
      A FILE is JSON, or a ConfigMap manifest with configurations in its data. JSON files are checked as one
      configuration, as the daemon reads them; each key of a ConfigMap is a configuration of its own. A problem is
      printed as severity: file:line:column: JSON path: what was found and what was expected.

      exit codes: 0 no error (there may be warnings), 1 an error, 2 wrong usage, 3 the machine file can't be read;
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
    var code: Int32 = 0
    for checked in CheckedConfiguration.all(in: values.rest, defaults: defaults) {
      code = max(code, await report(checked, machine: values.text("machine")))
    }
    return code
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

  private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
