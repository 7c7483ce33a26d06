/// The pools to serve, from all configuration files.
public struct PluginConfig: Sendable {
  /// The pools of `resourceList` for this node, in the order of the files. If two select a device, the earlier one gets
  /// it.
  public var pools: [PoolConfig] = []
  /// The pools of `configList`.
  public var sharedPools: [PoolConfig] = []
  /// Pools that are for other nodes, by `nodeNames`.
  public var poolsElsewhere: [PoolConfig] = []
  /// Seconds between two scans of the devices of `sharedPools`; with 0 they are scanned only after kernel events.
  public var periodicUpdateInterval: Int = 60
  /// Values that have no effect, or are probably not intended.
  public var warnings: [ConfigProblem] = []

  /// Creates a configuration without pools.
  public init() {}

  /// Returns the configuration for a node of this name: pools for other nodes become `poolsElsewhere`.
  public func applying(on node: String) -> PluginConfig {
    let all = pools + poolsElsewhere
    var config = self
    config.pools = all.filter { NodeGlobs($0.nodeNames).apply(on: .named(node)) }
    config.poolsElsewhere = all.filter { !NodeGlobs($0.nodeNames).apply(on: .named(node)) }
    return config
  }

  /// Reads one file; nil when any of the problems is an error.
  public static func decode(
    _ bytes: [UInt8], file: String, defaults: ConfigDefaults
  ) -> (PluginConfig?, [ConfigProblem]) {
    decode([ConfigFile(name: file, bytes: bytes)], defaults: defaults)
  }

  /// Decodes several files as one configuration.
  ///
  /// - Returns: The configuration, nil when any of the problems is an error; and the problems of all files, in the
  ///   order of the files and of the places in them.
  public static func decode(_ files: [ConfigFile], defaults: ConfigDefaults) -> (PluginConfig?, [ConfigProblem]) {
    var config = PluginConfig()
    var problems: [ConfigProblem] = []
    var named: [NamedPool] = []
    for file in files {
      let log = ProblemLog(file: file.name, unknownKeys: defaults.strictUnknownKeys ? .error : .warning)
      var decoder = FileDecoder(defaults: defaults, log: log)
      decoder.decode(file.bytes)
      config.pools += decoder.pools
      config.sharedPools += decoder.sharedPools
      config.poolsElsewhere += decoder.poolsElsewhere
      config.periodicUpdateInterval = decoder.periodicUpdateInterval ?? config.periodicUpdateInterval
      problems += decoder.log.problems
      named += decoder.named
    }
    problems += NamedPool.conflicts(among: named)
    if !problems.contains(where: { $0.severity == .error }) { problems += config.shadowedSelectors() }
    problems.sort(byFiles: files.map(\.name))
    config.warnings = problems.filter { $0.severity == .warning }
    return (config.warnings.count == problems.count ? config : nil, problems)
  }
}

/// The contents of a configuration file, and its name for messages.
public struct ConfigFile: Sendable {
  /// The name for messages, e.g. `config.json`.
  public let name: String
  /// The contents.
  public let bytes: [UInt8]

  /// Creates a file; nothing is read from disk.
  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}

extension [ConfigProblem] {
  fileprivate mutating func sort(byFiles files: [String]) {
    let order = Dictionary(files.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let keyed = enumerated().map { index, problem in
      (key: [order[problem.file] ?? 0, problem.line ?? 0, problem.column ?? 0, index], problem: problem)
    }
    self = keyed.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.problem)
  }
}
