import JSONText

/// The problems of one file, as they are found.
struct ProblemLog {
  let file: String
  /// The severity of an unknown key.
  let unknownKeys: ConfigProblem.Severity
  private(set) var problems: [ConfigProblem] = []
  private(set) var errorCount = 0

  init(file: String, unknownKeys: ConfigProblem.Severity) {
    self.file = file
    self.unknownKeys = unknownKeys
  }

  mutating func error(_ path: ConfigPath, at position: JSONPosition?, _ reason: String) {
    add(ConfigProblem(.error, path: path, reason: reason), at: position)
  }

  mutating func warning(_ path: ConfigPath, at position: JSONPosition?, _ reason: String) {
    add(ConfigProblem(.warning, path: path, reason: reason), at: position)
  }

  mutating func wrongType(_ path: ConfigPath, _ node: JSONNode, expected: String) {
    error(path, at: node.position, "found \(node.summary), expected \(expected)")
  }

  /// A problem whose place is known by `position`.
  mutating func add(_ problem: ConfigProblem, at position: JSONPosition?) {
    var problem = problem
    problem.file = file
    problem.line = position?.line
    problem.column = position?.column
    problems.append(problem)
    if problem.severity == .error { errorCount += 1 }
  }
}
