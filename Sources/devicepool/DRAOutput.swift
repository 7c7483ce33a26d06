import Agent
import DRAFrontEnd
import JSONText
import ResourcePools

/// What `slices` and `deviceclass` have in common: the driver's name, which pools, and how objects are printed.
struct DRAOutput {
  let driver: DriverName
  private let format: OutputFormat
  private let scope: Scope

  private enum Scope { case served, all }

  static let flags: [FlagSet.Flag] = [
    .init("dra-driver", .text, standard: DriverName.standard.description, help: "name of the DRA driver"),
    .init("all", .boolean, standard: "false", help: "all pools that DRA could serve, not only those with serve dra"),
    OutputFormat.flag(.yaml, .json, help: "yaml or json"),
  ]

  /// Nil for a wrong flag, about which `command` has complained.
  init?(_ values: FlagSet.Values, for command: String) {
    let name = values.text("dra-driver") ?? DriverName.standard.description
    guard let driver = DriverName(name) else {
      Console.complain("devicepool \(command): -dra-driver \(name): expected \(DriverName.expectation)")
      return nil
    }
    format = OutputFormat(values)
    self.driver = driver
    scope = values.flag("all") ? .all : .served
  }

  /// The pools that are printed, as if DRA served them.
  func chosen(_ pools: [PoolConfig]) -> [PoolConfig] {
    pools.filter { scope == .all ? $0.type.registration == .plain : $0.serve == .dra }.map { pool in
      var pool = pool
      pool.serve = .dra
      return pool
    }
  }

  /// Whether the API would accept the printed objects; reports on standard error what it would refuse.
  func canBePublished(_ pools: [PoolConfig]) -> Bool {
    let problems = DRALimits.problems(of: pools)
    for problem in problems { Console.complain("\(problem.severity.rawValue): \(problem.text)") }
    if pools.isEmpty {
      let advice = scope == .all ? "the configuration has none that DRA can serve" : "set serve to dra, or use -all"
      Console.complain("no pool is served by DRA: \(advice)")
    }
    return problems.isEmpty
  }

  func print(_ objects: [JSONValue]) {
    guard format == .json else {
      if !objects.isEmpty { Console.print(objects.map(\.yamlText).joined(separator: "---\n")) }
      return
    }
    let list: JSONValue = .object([
      .init("apiVersion", "v1"), .init("kind", "List"), .init("items", .array(objects)),
    ])
    Console.print(list.prettyText(keys: .given))
  }
}
