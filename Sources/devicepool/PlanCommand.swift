import DevicePlugin
import HostInventory
import JSONText
import ResourcePools

extension Subcommand {
  /// `plan`: which device goes to which pool, and which goes nowhere.
  static let plan = Subcommand(
    name: "plan", summary: "which device goes to which pool, and which goes nowhere", operands: "",
    flags: FlagSet(
      planning + [.init("o", .text, standard: "text", help: "text or json")]),
    details: """
      -o json, keys stable:
        pools[]       resourceName, deviceType, devices[] {id, driver, numaNode, health (Healthy, Unhealthy), reason}
        unassigned[]  id, reasons[] {pool, selector, stage, seen, wanted[]}
        problems[]    path, reason: what of the host could not be read

      exit codes: 0 done, 1 the configuration can't be used, 2 wrong usage, 3 the host or the machine file can't be read
      example: devicepool plan -config-file new.json -machine node7.tree
      """
  ) { values in
    let format = values.text("o") ?? "text"
    guard ["text", "json"].contains(format) else {
      Console.complain("devicepool plan: -o \(format): expected text or json")
      return 2
    }
    return await rehearse(values) { rehearsal in
      Console.print(format == "json" ? PlanReport(rehearsal).json : PlanReport(rehearsal).text)
      return 0
    }
  }

  /// Flags of the subcommands that apply a configuration to a host.
  static let planning: [FlagSet.Flag] = [
    .init("config-file", .list, standard: "/etc/pcidp/config.json", help: "the pools; repeatable"),
    .init("resource-prefix", .text, standard: "intel.com", help: "prefix of pools that name none"),
    .init("host-root", .text, standard: "/", help: "the host's root, or a machine file"),
    .init("machine", .text, help: "a machine file, in the place of this host"),
    .init("node-name", .text, help: "for pools with nodeNames"),
    .init("strict-config", .boolean, standard: "false", help: "an unknown key is an error"),
  ]

  static func options(_ values: FlagSet.Values) -> Options {
    let files = values.list("config-file")
    var options = Options(configFiles: files.isEmpty ? ["/etc/pcidp/config.json"] : files)
    if let prefix = values.text("resource-prefix") { options.resourcePrefix = prefix }
    options.hostRoot = values.text("machine") ?? values.text("host-root") ?? "/"
    options.nodeName = values.text("node-name") ?? ""
    options.strictConfig = values.flag("strict-config")
    return options
  }

  /// Reads configuration and host, says what is wrong with them on standard error, and goes on if they can be used.
  static func rehearse(_ values: FlagSet.Values, _ report: (Rehearsal) async -> Int32) async -> Int32 {
    let options = options(values)
    let (config, problems) = ConfigurationFiles(options).read()
    for problem in problems { Console.complain("\(problem.severity.rawValue): \(problem.text)") }
    guard let config else { return 1 }
    do {
      return await report(try await Rehearsal.run(config, options: options))
    } catch {
      Console.complain("error: \(error)")
      return 3
    }
  }
}
