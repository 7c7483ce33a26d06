import JSONText

/// A pool's name and position, to find names that are used twice.
struct NamedPool: Sendable {
  let file: String
  let path: ConfigPath
  let name: ResourceName
  /// The position of the name in the file; of the pool when the name is the default one.
  let position: JSONPosition
  let nodes: NodeGlobs
  /// The variables of its containers that contain its name.
  let variables: [String]

  /// Finds pools that can't be used together, because of the same full name or socket, and pools with the same
  /// variable.
  static func conflicts(among pools: [NamedPool]) -> [ConfigProblem] {
    var problems: [ConfigProblem] = []
    // Compare sockets, because equal names have equal sockets too.
    var bySocket: [String: [NamedPool]] = [:]
    var byVariable: [String: [NamedPool]] = [:]
    for pool in pools {
      if let other = bySocket[pool.name.socketName]?.first(where: { $0.nodes.surelyMeets(pool.nodes) }) {
        problems.append(pool.clash(with: other))
      } else if let variable = pool.variables.first {
        if let other = byVariable[variable]?.first(where: { $0.nodes.surelyMeets(pool.nodes) }) {
          problems.append(
            pool.problem(.warning, "containers with devices of \(other.place(seenFrom: pool)) too lose one \(variable)")
          )
        }
        byVariable[variable, default: []].append(pool)
      }
      bySocket[pool.name.socketName, default: []].append(pool)
    }
    return problems
  }

  private func clash(with other: NamedPool) -> ConfigProblem {
    let place = other.place(seenFrom: self)
    guard other.name != name else { return problem(.error, "\(name) is the name of \(place) already") }
    return problem(.error, "\(name) would have the socket of \(other.name) (\(place)): \(name.socketName)")
  }

  private func place(seenFrom pool: NamedPool) -> String {
    pool.file == file ? path.description : "\(path) in \(file)"
  }

  private func problem(_ severity: ConfigProblem.Severity, _ reason: String) -> ConfigProblem {
    ConfigProblem(
      severity, file: file, path: path.key("resourceName"), reason: reason, line: position.line,
      column: position.column)
  }
}
