import Agent
import JSONText
import ResourcePools

/// The report of `validate` about one configuration. The JSON form is stable: tools rely on it.
struct ValidationReport {
  private let checked: CheckedConfiguration
  var problems: [ConfigProblem]
  /// With a folder of recorded nodes.
  var nodes: [JSONValue]?

  init(_ checked: CheckedConfiguration) {
    self.checked = checked
    problems = checked.problems
  }

  private var poolCount: Int? {
    checked.config.map { $0.pools.count + $0.sharedPools.count + $0.poolsElsewhere.count }
  }

  var lines: [String] {
    // One with an error can't be used, and has no summary.
    let isUsable = !problems.contains { $0.severity == .error }
    let summary = (isUsable ? poolCount : nil).map {
      "\(checked.name): \(Self.counted($0, "pool")), \(Self.counted(problems.count, "warning"))"
    }
    return problems.map { "\($0.severity.rawValue): \($0.text)" } + (summary.map { [$0] } ?? [])
  }

  /// Corresponds to "Workflow commands for GitHub Actions".
  var annotations: [String] {
    problems.map { problem in
      var properties = ["file=\(Self.escaped(problem.file, more: [":": "%3A", ",": "%2C"]))"]
      if let line = problem.line { properties.append("line=\(line)") }
      if let column = problem.column { properties.append("col=\(column)") }
      let path = problem.path.description
      let text = path.isEmpty ? problem.reason : "\(path): \(problem.reason)"
      return "::\(problem.severity.rawValue) \(properties.joined(separator: ","))::\(Self.escaped(text, more: [:]))"
    }
  }

  var json: JSONValue {
    var fields: [JSONValue.Field] = [
      .init("name", .string(checked.name)),
      .init("usable", .bool(checked.config != nil && !problems.contains { $0.severity == .error })),
    ]
    if let poolCount { fields.append(.init("pools", .int(poolCount))) }
    fields.append(.init("problems", .array(problems.map(Self.json))))
    if let nodes { fields.append(.init("nodes", .array(nodes))) }
    return .object(fields)
  }

  private static func json(_ problem: ConfigProblem) -> JSONValue {
    var fields: [JSONValue.Field] = [
      .init("severity", .string(problem.severity.rawValue)), .init("file", .string(problem.file)),
    ]
    if let line = problem.line { fields.append(.init("line", .int(line))) }
    if let column = problem.column { fields.append(.init("column", .int(column))) }
    fields += [.init("path", .string(problem.path.description)), .init("reason", .string(problem.reason))]
    return .object(fields)
  }

  private static func escaped(_ text: String, more: [Character: String]) -> String {
    let standard: [Character: String] = ["%": "%25", "\r": "%0D", "\n": "%0A", "\r\n": "%0D%0A"]
    let codes = standard.merging(more) { $1 }
    return text.reduce(into: "") { $0 += codes[$1] ?? String($1) }
  }

  private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}

extension Console {
  static func print(lines: [String]) {
    for line in lines { print(line) }
  }
}
