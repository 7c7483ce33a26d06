import ConfigMapText
import EventLoop
import JSONText
public import ResourcePools

/// A configuration as `validate` looks at it: a file, files that the daemon would read together, or a ConfigMap's key.
public struct CheckedConfiguration: Sendable {
  /// `a.json, b.json`, or `manifest.yaml (sriovdp-config/config.json)`.
  public let name: String
  /// Nil: it can't be used.
  public let config: PluginConfig?
  /// Lines and columns are those of the files that people edit, a manifest's too.
  public let problems: [ConfigProblem]
  private let map: SourceMap?

  /// How the JSON files of one call belong to each other.
  public enum Grouping: Sendable {
    /// Each is a configuration of its own.
    case apart
    /// They are one, as the files of repeated `-config-file` are.
    case together
  }

  /// Each key of a ConfigMap is a configuration of its own in any case: keys are alternatives, the SR-IOV network
  /// operator's for instance are node names.
  public static func all(
    in paths: [String], _ grouping: Grouping = .apart, defaults: ConfigDefaults
  ) -> [CheckedConfiguration] {
    var together: [ConfigFile] = []
    var checked: [CheckedConfiguration] = []
    for path in paths {
      do {
        let bytes = try SmallFile.bytes(path)
        let file = ConfigFile(name: path, bytes: bytes)
        for embedded in try EmbeddedConfig.all(in: bytes) {
          switch (embedded.name, grouping) {
          case (let name?, _):
            checked.append(CheckedConfiguration(embedded, name: "\(path) (\(name))", path: path, defaults: defaults))
          case (nil, .apart): checked.append(CheckedConfiguration([file], defaults: defaults))
          case (nil, .together): together.append(file)
          }
        }
      } catch {
        checked.append(CheckedConfiguration(unusable: path, error))
      }
    }
    return together.isEmpty ? checked : [CheckedConfiguration(together, defaults: defaults)] + checked
  }

  private init(_ files: [ConfigFile], defaults: ConfigDefaults) {
    let (config, problems) = PluginConfig.decode(files, defaults: defaults)
    self.init(name: files.map(\.name).joined(separator: ", "), config: config, problems: problems, map: nil)
  }

  private init(name: String, config: PluginConfig?, problems: [ConfigProblem], map: SourceMap?) {
    self.name = name
    self.config = config
    self.problems = problems
    self.map = map
  }

  private init(_ embedded: EmbeddedConfig, name: String, path: String, defaults: ConfigDefaults) {
    let (config, problems) = PluginConfig.decode(embedded.bytes, file: path, defaults: defaults)
    self.init(name: name, config: config, problems: problems.map { $0.moved(by: embedded.map) }, map: embedded.map)
  }

  private init(unusable path: String, _ error: any Error) {
    var problem = ConfigProblem(.error, file: path, path: .root, reason: "\(error)")
    if case ConfigMapError.unreadable(let line, let column, let reason)? = error as? ConfigMapError {
      problem = ConfigProblem(
        .error, file: path, path: .root, reason: "neither JSON nor YAML: \(reason)", line: line, column: column)
    }
    self.init(name: path, config: nil, problems: [problem], map: nil)
  }

  /// A warning for each pool that would have no device on the host that was looked at.
  public func emptyPools(of rehearsal: Rehearsal) -> [ConfigProblem] {
    rehearsal.partition.pools.filter { $0.units.isEmpty }.map { pool in
      let config = pool.config
      let problem = ConfigProblem(
        .warning, file: config.file, path: config.path, reason: "\(config.name) has no device on this host",
        line: config.position?.line, column: config.position?.column)
      return map.map { problem.moved(by: $0) } ?? problem
    }
  }
}

extension ConfigProblem {
  fileprivate func moved(by map: SourceMap) -> ConfigProblem {
    guard let line, let column else { return self }
    let place = map.place(of: JSONPosition(line: line, column: column))
    var moved = self
    moved.line = place.line
    moved.column = place.column
    return moved
  }
}
