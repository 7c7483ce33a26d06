import JSONText
public import Logging
public import ResourcePools

extension PluginConfig {
  /// The configuration in effect, without secrets.
  public func metadata(files: [String]) -> Logger.Metadata {
    let pools = JSONValue.array((pools + sharedPools).map(\.summary)).text(escaping: .minimal)
    // `joined` would look through all conformances of the program for the first to ask, a hundredth of a start.
    let files = files.dropFirst().reduce(files.first ?? "") { "\($0),\($1)" }
    var metadata: Logger.Metadata = ["files": "\(files)", "pools": "\(pools)"]
    if !sharedPools.isEmpty { metadata["periodicUpdateInterval"] = "\(periodicUpdateInterval)" }
    if !poolsElsewhere.isEmpty {
      metadata["poolsElsewhere"] = "\(poolsElsewhere.map { "\($0.name)" }.joined(separator: ","))"
    }
    return metadata
  }
}

extension ConfigProblem {
  /// With the place as compilers print it.
  public var metadata: Logger.Metadata {
    let place = line.map { "\(file):\($0)" + (column.map { ":\($0)" } ?? "") } ?? file
    var metadata: Logger.Metadata = ["at": "\(place)", "err": "\(reason)"]
    if !path.description.isEmpty { metadata["path"] = "\(path)" }
    return metadata
  }
}
