import JSONText

extension PluginConfig {
  /// Finds selector objects that can't take any device, because an earlier one takes all that they select.
  ///
  /// The warning holds on every machine; two objects that only overlap are no mistake. More than a thousand objects are
  /// not checked, because each is compared with each.
  func shadowedSelectors() -> [ConfigProblem] {
    guard pools.reduce(0, { $0 + $1.selectors.count }) <= 1000 else { return [] }
    var problems: [ConfigProblem] = []
    var earlier: [Demand] = []
    for pool in pools {
      var shadows: [(of: Demand, by: Demand)] = []
      for selector in pool.selectors {
        let demand = Demand(pool: pool, selector: selector)
        if let shadow = earlier.first(where: { $0.covers(demand) }) { shadows.append((demand, shadow)) }
        earlier.append(demand)
      }
      if shadows.count == pool.selectors.count, let first = shadows.first {
        let place = first.by.place(seenFrom: first.of)
        problems.append(first.of.warning("the pool gets no device: \(place) takes all that it selects"))
      } else {
        problems += shadows.map { shadow in
          shadow.of.warning("has no effect: \(shadow.by.place(seenFrom: shadow.of)) takes all that it selects")
        }
      }
    }
    return problems
  }
}

/// A selector object's requirements, in a form that can be compared.
private final class Demand {
  enum Values {
    case words([String])
    case functions([String: FunctionSet])
  }

  let pool: PoolConfig
  let selector: SelectorObject
  /// A key has one stage.
  private lazy var stages = selector.pipeline.stages.map { (key: $0.key, values: Self.values(of: $0)) }

  init(pool: PoolConfig, selector: SelectorObject) {
    self.pool = pool
    self.selector = selector
  }

  private static func values(of stage: Selector) -> Values {
    guard FunctionSet.keys.contains(stage.key),
      let functions = try? FunctionSet.byParent(
        stage.wanted, at: .root, note: { _ in }, normalized: { $0.lowercased() })
    else { return .words(stage.wanted) }
    return .functions(functions)
  }

  /// Whether this one takes every device that `later` could.
  func covers(_ later: Demand) -> Bool {
    // From the last one, which differs most often: pools select different functions of one kind.
    for (key, wide) in stages.reversed() {
      guard let narrow = later.stages.first(where: { $0.key == key }), Self.covers(wide, narrow.values) else {
        return false
      }
    }
    guard pool.type.name == later.pool.type.name, !pool.excludeDefaultRoute || later.pool.excludeDefaultRoute else {
      return false
    }
    let nodes = later.pool.nodeNames
    return pool.nodeNames.isEmpty || (!nodes.isEmpty && Set(nodes).isSubset(of: pool.nodeNames))
  }

  private static func covers(_ wide: Values, _ narrow: Values) -> Bool {
    switch (wide, narrow) {
    case (.words(let wide), .words(let narrow)): narrow.allSatisfy(wide.contains)
    case (.functions(let wide), .functions(let narrow)):
      narrow.allSatisfy { parent, functions in wide[parent].map { functions.isSubset(of: $0) } ?? false }
    default: false
    }
  }

  func place(seenFrom other: Demand) -> String {
    pool.file == other.pool.file ? "\(selector.path)" : "\(selector.path) in \(pool.file)"
  }

  func warning(_ reason: String) -> ConfigProblem {
    ConfigProblem(
      .warning, file: pool.file, path: selector.path, reason: reason, line: selector.position?.line,
      column: selector.position?.column)
  }
}
