import JSONText

extension PluginConfig {
  /// Selector objects that can take no device, because an earlier one takes all that they select.
  ///
  /// What is said is certain on every machine; two objects that only overlap are nobody's mistake. Above a thousand
  /// pools nothing is looked at: the comparison is of each pool with each.
  func shadowedSelectors() -> [ConfigProblem] {
    guard pools.count <= 1000 else { return [] }
    var problems: [ConfigProblem] = []
    var earlier: [(pool: PoolConfig, selector: SelectorObject)] = []
    for pool in pools {
      var shadows: [(of: SelectorObject, by: String)] = []
      for selector in pool.selectors {
        if let shadow = earlier.first(where: { $0.pool.takesAll(of: selector, in: pool, by: $0.selector) }) {
          let file = shadow.pool.file == pool.file ? "" : " in \(shadow.pool.file)"
          shadows.append((selector, "\(shadow.selector.path)\(file)"))
        }
        earlier.append((pool, selector))
      }
      if shadows.count == pool.selectors.count, let first = shadows.first {
        problems.append(pool.warning("the pool gets no device: \(first.by) takes all that it selects", at: first.of))
      } else {
        problems += shadows.map { pool.warning("has no effect: \($0.by) takes all that it selects", at: $0.of) }
      }
    }
    return problems
  }
}

extension PoolConfig {
  /// Whether `mine`, an object of this pool, takes every device that `selector` of the later `pool` could.
  fileprivate func takesAll(of selector: SelectorObject, in pool: PoolConfig, by mine: SelectorObject) -> Bool {
    guard type.name == pool.type.name, !excludeDefaultRoute || pool.excludeDefaultRoute else { return false }
    guard nodeNames.isEmpty || (!pool.nodeNames.isEmpty && Set(pool.nodeNames).isSubset(of: nodeNames)) else {
      return false
    }
    return mine.pipeline.stages.allSatisfy { wide in
      selector.pipeline.stages.contains { $0.key == wide.key && wide.covers($0) }
    }
  }

  fileprivate func warning(_ reason: String, at selector: SelectorObject) -> ConfigProblem {
    ConfigProblem(
      .warning, file: file, path: selector.path, reason: reason, line: selector.position?.line,
      column: selector.position?.column)
  }
}

extension Selector {
  /// Whether each device that passes `narrow`, a stage of the same key, passes this one.
  fileprivate func covers(_ narrow: Selector) -> Bool {
    guard FunctionSet.keys.contains(key) else { return Set(narrow.wanted).isSubset(of: wanted) }
    guard let mine = functions, let theirs = narrow.functions else { return false }
    return theirs.allSatisfy { parent, functions in mine[parent].map { functions.isSubset(of: $0) } ?? false }
  }

  private var functions: [String: FunctionSet]? {
    try? FunctionSet.byParent(wanted, at: .root, note: { _ in }, normalized: { $0.lowercased() })
  }
}
