import JSONText

/// The pools that a daemon serves, for its next run: one that the configuration has lost by then keeps the units of its
/// pods.
///
/// The text has the form of a configuration file. Each entry names its resource in full, because the flag
/// `-resource-prefix` may be another one in the next run.
public struct RememberedPools: Sendable, Equatable {
  private struct Pool: Sendable, Equatable {
    let list: String
    let entry: JSONValue
  }

  private var pools: [Pool] = []

  /// Takes the entries of these pools; one that is not from a file has none and is left out.
  public init(_ configs: [PoolConfig]) {
    pools = configs.compactMap { config in
      guard let fields = config.entry?.fields else { return nil }
      let own = ["resourcename", "resourceprefix"]
      let rest = fields.filter { !own.contains($0.key.lowercased()) }
      let name: [JSONValue.Field] = [
        .init("resourceName", .string(config.name.name)), .init("resourcePrefix", .string(config.name.prefix)),
      ]
      return Pool(list: config.shared == nil ? "resourceList" : "configList", entry: .object(name + rest))
    }
  }

  /// Whether there is no pool.
  public var isEmpty: Bool { pools.isEmpty }

  /// The pools as a configuration file.
  public var text: String {
    let lists = ["resourceList", "configList"].map { list in
      JSONValue.Field(list, .array(pools.filter { $0.list == list }.map(\.entry)))
    }
    return JSONValue.object(lists.filter { $0.value.array?.isEmpty == false }).text() + "\n"
  }

  /// Decodes such a text. `socketDirectories` are the directories in which sockets are created.
  ///
  /// - Returns: The pools, and the errors; with an error there are no pools.
  public static func read(
    _ file: ConfigFile, socketDirectories: [String]
  ) -> (pools: [PoolConfig], errors: [ConfigProblem]) {
    let defaults = ConfigDefaults(
      resourcePrefix: "", strictUnknownKeys: false, node: .any, socketDirectories: socketDirectories)
    let (config, problems) = PluginConfig.decode([file], defaults: defaults)
    return (config.map { $0.pools + $0.sharedPools } ?? [], problems.filter { $0.severity == .error })
  }
}
