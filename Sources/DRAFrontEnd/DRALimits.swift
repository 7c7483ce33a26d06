import JSONText
public import ResourcePools

/// Finds what the API server would refuse in pools with `serve: dra`.
public enum DRALimits {

  /// The problems of pools with `serve: dra`, each with its place. `pools` are all pools of the configuration.
  public static func problems(of pools: [PoolConfig]) -> [ConfigProblem] {
    var problems: [ConfigProblem] = []
    var names: [String: PoolConfig] = [:]
    for pool in pools where pool.serve == .dra {
      if let fault = fault(of: pool.name) { problems.append(pool.problem(fault)) }
      let name = ObjectName.resource(pool.name)
      if let other = names[name], other.name != pool.name {
        problems.append(
          pool.problem(
            "\(pool.name) and \(other.name) (\(other.path)) are both \(name) for DRA, which has no '_' and no capitals: "
              + "rename one of them"))
      }
      names[name] = names[name] ?? pool
    }
    return problems
  }

  /// Why a resource of this name can't be published; nil when it can.
  private static func fault(of name: ResourceName) -> String? {
    let size = "\(name)".utf8.count
    if size > AttributeValue.longestString {
      return """
        \(name) has \(size) bytes, expected at most \(AttributeValue.longestString) with serve dra: it is an attribute of \
        each device
        """
    }
    if !ObjectName.isSubdomain(name.prefix.lowercased()) {
      return "\(name.prefix) is no domain name, expected one with serve dra: it is a part of the pool's name"
    }
    return nil
  }
}

extension PoolConfig {
  fileprivate func problem(_ reason: String) -> ConfigProblem {
    ConfigProblem(
      .error, file: file, path: path.key("resourceName"), reason: reason, line: position?.line,
      column: position?.column)
  }
}
