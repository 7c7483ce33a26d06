import DevicePlugin
import ResourcePools

extension Subcommand {
  /// `validate FILE…`: every problem with its place; exit code 1 if one is an error.
  static let validate = Subcommand(
    name: "validate", summary: "checks configuration files: every problem with its place", operands: "FILE…",
    flags: FlagSet([
      .init("resource-prefix", .text, standard: "intel.com", help: "prefix of pools that name none"),
      .init("strict-config", .boolean, standard: "false", help: "an unknown key is an error"),
    ])
  ) { values in
    guard !values.rest.isEmpty else {
      Console.complain("devicepool validate: name at least one configuration file")
      return 2
    }
    var options = Options(configFiles: values.rest)
    if let prefix = values.text("resource-prefix") { options.resourcePrefix = prefix }
    options.strictConfig = values.flag("strict-config")
    let (config, problems) = ConfigurationFiles(options).read()
    for problem in problems { Console.print("\(problem.severity.rawValue): \(problem.text)") }
    guard let config else { return 1 }
    let warnings = problems.count == 1 ? "1 warning" : "\(problems.count) warnings"
    let pools = config.pools.count == 1 ? "1 pool" : "\(config.pools.count) pools"
    Console.print("\(values.rest.joined(separator: ", ")): \(pools), \(warnings)")
    return 0
  }
}
