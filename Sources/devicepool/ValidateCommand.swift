import Agent
import DRAFrontEnd
import JSONText
import ResourcePools

extension Subcommand {
  /// `validate FILE…`: every problem with its place; exit code 1 if one is an error.
  static let validate = Subcommand(
    name: "validate", summary: "checks configuration files: every problem with its place", operands: .files("FILE…"),
    flags: FlagSet([
      .init("resource-prefix", .text, standard: "intel.com", help: "prefix of pools that name none"),
      .init("strict-config", .boolean, standard: "false", help: "an unknown key is an error"),
      .init(
        "machine", .text, completion: .files,
        help: "a machine file or a folder of them: which pools would be empty there"),
      .init("node-name", .text, help: "for pools with nodeNames; all nodes if not given"),
      .init("together", .boolean, standard: "false", help: "JSON files are one configuration, as for the daemon"),
      OutputFormat.flag(.text, .json, .github, help: "text, json, or github: annotations of a workflow"),
    ]),
    details: """
      A FILE is JSON, or a manifest with JSON in it: ConfigMaps with configurations in their data, a NicClusterPolicy or
      NicNodePolicy, several documents; - is standard input. Each file, and each configuration in a manifest, is one of its
      own; with -together the JSON files are one, as the daemon reads the files of repeated -config-file. Objects without
      a configuration are passed over. A problem is printed as severity: file:line:column: JSON path: what was found and
      what was expected.

      With a folder in -machine, every *.tree in it is a node of that name, and there is a line for each.

      -o json, keys stable:
        configurations[]  name, usable, pools, problems[] {severity, file, line, column, path, reason},
                          nodes[] {node, pools {NAME: units}, error}, with a folder in -machine

      exit codes: 0 no error (there may be warnings), 1 an error, or a pool has no device on any node of a folder,
      2 wrong usage, 3 a machine file can't be read, or the output can't be written;
      with -strict-config a key that does not exist is an error
      example: devicepool validate -strict-config -machine node7.tree config.json
               kubectl get configmap -A -o yaml | devicepool validate -
      """
  ) { values in
    guard !values.rest.isEmpty else {
      Console.complain("devicepool validate: name at least one file, or - for standard input")
      return 2
    }
    return await withFolder(values) { folder in await Validation(values, folder).run() }
  }
}

/// One call of `validate`.
private struct Validation {
  private let values: FlagSet.Values
  /// The recorded nodes that each configuration is tried on.
  private let folder: MachineFolder?
  private let format: OutputFormat

  init(_ values: FlagSet.Values, _ folder: MachineFolder?) {
    self.values = values
    self.folder = folder
    format = OutputFormat(values)
  }

  func run() async -> Int32 {
    let defaults = ConfigDefaults(
      resourcePrefix: values.text("resource-prefix") ?? "intel.com", strictUnknownKeys: values.flag("strict-config"),
      node: values.text("node-name").map { .named($0) } ?? .any)
    let grouping: CheckedConfiguration.Grouping = values.flag("together") ? .together : .apart
    var code: Int32 = 0
    var reports: [JSONValue] = []
    for checked in CheckedConfiguration.all(in: values.rest, grouping, defaults: defaults) {
      let (problems, own) = await look(at: checked)
      var report = problems
      code = max(code, own)
      if format != .json { Console.print(lines: format == .github ? report.annotations : report.lines) }
      if let folder, let config = checked.config {
        code = max(code, await look(at: folder, with: config, &report))
      }
      reports.append(report.json)
    }
    if format == .json {
      Console.print(JSONValue.object([.init("configurations", .array(reports))]).prettyText(keys: .given))
    }
    return code
  }

  private func look(at checked: CheckedConfiguration) async -> (ValidationReport, Int32) {
    var report = ValidationReport(checked)
    let refused = refusals(of: checked)
    report.problems += refused
    guard refused.isEmpty else { return (report, 1) }
    guard let config = checked.config, folder == nil, let machine = values.text("machine") else {
      return (report, checked.config == nil ? 1 : 0)
    }
    var options = Options(configFiles: [])
    options.hostRoot = machine
    options.hostRootOrigin = values.origin("machine")
    do {
      let rehearsal = try await Rehearsal.run(config, options: options)
      report.problems += checked.doubts(about: rehearsal) + checked.warnings(of: rehearsal)
      return (report, 0)
    } catch {
      Console.complain("error: \(error)")
      return (report, 3)
    }
  }

  /// What the DRA API would refuse in the pools that it serves.
  private func refusals(of checked: CheckedConfiguration) -> [ConfigProblem] {
    let pools = checked.config.map { $0.pools + $0.sharedPools + $0.poolsElsewhere } ?? []
    return DRALimits.problems(of: pools).map(checked.placed)
  }

  /// A line a node; a pool that is empty on all of them is an error.
  private func look(
    at folder: MachineFolder, with config: PluginConfig, _ report: inout ValidationReport
  ) async -> Int32 {
    var options = Options(configFiles: [])
    options.nodeName = values.text("node-name") ?? ""
    var nodes: [JSONValue] = []
    let code = await folder.each(options, prints: format != .json) { node, name in
      do {
        let rehearsal = try await Rehearsal.run(config.applying(on: node.nodeName), options: node)
        let units = rehearsal.unitCounts
        let empty = units.filter { $0.value == 0 }.keys.sorted()
        let text = empty.isEmpty ? "every pool has devices" : "no device for \(empty.joined(separator: ", "))"
        let counts = units.sorted { $0.key < $1.key }.map { JSONValue.Field($0.key, .int($0.value)) }
        nodes.append(.object([.init("node", .string(name)), .init("pools", .object(counts))]))
        return MachineFolder.Verdict(code: 0, text: text, units: units)
      } catch {
        nodes.append(.object([.init("node", .string(name)), .init("error", .string("\(error)"))]))
        return MachineFolder.Verdict(code: 3, text: "\(error)")
      }
    }
    report.nodes = nodes
    return code
  }
}
