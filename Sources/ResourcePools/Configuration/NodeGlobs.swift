/// The nodes that a pool is for.
struct NodeGlobs: Sendable {
  let globs: [Glob]

  /// No pattern: every node.
  init(_ patterns: [String]) { globs = patterns.map { Glob($0) } }

  func apply(on node: ConfigDefaults.Node) -> Bool {
    switch node {
    case .any: true
    case .named(let name): globs.isEmpty || globs.contains { $0.matches(name) }
    case .unnamed: globs.isEmpty
    }
  }

  /// Whether a name is known that both match; two patterns may also match a name that is not known here.
  func surelyMeets(_ other: NodeGlobs) -> Bool {
    if globs.isEmpty || other.globs.isEmpty { return true }
    return globs.contains { mine in
      other.globs.contains { theirs in
        mine == theirs || (mine.isLiteral && theirs.matches(mine.pattern))
          || (theirs.isLiteral && mine.matches(theirs.pattern))
      }
    }
  }
}
