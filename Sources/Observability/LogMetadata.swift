import JSONText
public import Logging
public import ResourcePools

extension PluginConfig {
  /// Logs the configuration in effect: one line for the files and one for each pool. It contains no secrets.
  public func write(to log: Logger, as title: Logger.Message, files: [String]) {
    log.info(title, metadata: metadata(files: files))
    for pool in pools + sharedPools { log.info("pool", metadata: pool.metadata) }
  }

  private func metadata(files: [String]) -> Logger.Metadata {
    // `joined` would search all conformances of the program at its first use, a hundredth of a start.
    let files = files.dropFirst().reduce(files.first ?? "") { "\($0),\($1)" }
    var metadata: Logger.Metadata = ["files": "\(files)", "pools": "\(pools.count + sharedPools.count)"]
    if !sharedPools.isEmpty { metadata["periodicUpdateInterval"] = "\(periodicUpdateInterval)" }
    if !poolsElsewhere.isEmpty {
      metadata["poolsElsewhere"] = "\(poolsElsewhere.map { "\($0.name)" }.joined(separator: ","))"
    }
    return metadata
  }
}

extension PoolConfig {
  /// Each key of the pool with its value as plain text. Keys of nested objects are joined by dots.
  public var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = [:]
    summary.flatten(into: &metadata, key: "")
    return metadata
  }
}

extension JSONValue {
  fileprivate func flatten(into metadata: inout Logger.Metadata, key: String) {
    let prefix = key.isEmpty ? "" : key + "."
    switch self {
    case .object(let fields):
      for field in fields { field.value.flatten(into: &metadata, key: prefix + field.key) }
    case .array(let items) where items.count == 1: items[0].flatten(into: &metadata, key: key)
    case .array(let items) where items.contains(where: \.isObject):
      for (index, item) in items.enumerated() { item.flatten(into: &metadata, key: "\(prefix)\(index)") }
    case .array(let items):
      let texts = items.map(\.plain)
      metadata[key] = "\(texts.dropFirst().reduce(texts.first ?? "") { "\($0),\($1)" })"
    default: metadata[key] = "\(plain)"
    }
  }

  private var isObject: Bool { if case .object = self { true } else { false } }

  /// A string without quotes, anything else as in JSON.
  private var plain: String { if case .string(let text) = self { text } else { text(escaping: .minimal) } }
}

extension ConfigProblem {
  /// The problem with its place as compilers print it, e.g. `config.json:3:14`.
  public var metadata: Logger.Metadata {
    let place = line.map { "\(file):\($0)" + (column.map { ":\($0)" } ?? "") } ?? file
    var metadata: Logger.Metadata = ["at": "\(place)", "err": "\(reason)"]
    if !path.description.isEmpty { metadata["path"] = "\(path)" }
    return metadata
  }
}
