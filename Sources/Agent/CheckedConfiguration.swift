import ConfigMapText
import JSONText
import Linux
public import ResourcePools

/// A configuration that `validate` checks: one file, several files that the daemon would read together, or one key of a
/// ConfigMap.
public struct CheckedConfiguration: Sendable {
  /// The name in messages: `a.json, b.json`, or `manifest.yaml (sriovdp-config/config.json)`.
  public let name: String
  /// The decoded configuration; nil when it can't be used.
  public let config: PluginConfig?
  /// The problems. Lines and columns are those of the files that people edit, also in a manifest.
  public let problems: [ConfigProblem]
  private let map: SourceMap?

  /// Whether several JSON files are one configuration.
  public enum Grouping: Sendable {
    /// Each is a configuration of its own.
    case apart
    /// They are one configuration, like the files of repeated `-config-file` flags.
    case together
  }

  /// Reads the configurations in these files.
  ///
  /// Each key of a ConfigMap is a configuration of its own in any case, because keys are alternatives: those of the
  /// SR-IOV network operator are node names.
  public static func all(
    in paths: [String], _ grouping: Grouping = .apart, defaults: ConfigDefaults
  ) -> [CheckedConfiguration] {
    var together: [ConfigFile] = []
    var checked: [CheckedConfiguration] = []
    for input in paths.map({ InputFile(reading: $0) }) {
      do throws(ConfigProblem) {
        for embedded in try input.content.get() {
          let file = ConfigFile(name: input.name, bytes: embedded.bytes)
          switch (embedded.name, grouping) {
          case (let name?, _):
            checked.append(CheckedConfiguration(embedded, name: "\(input.name) (\(name))", file, defaults: defaults))
          case (nil, .apart): checked.append(CheckedConfiguration([file], defaults: defaults))
          case (nil, .together): together.append(file)
          }
        }
      } catch {
        checked.append(CheckedConfiguration(name: input.name, config: nil, problems: [error], map: nil))
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

  private init(_ embedded: EmbeddedConfig, name: String, _ file: ConfigFile, defaults: ConfigDefaults) {
    if embedded.isBlank {
      let place = embedded.map.place(of: JSONPosition(line: 1, column: 1))
      let problem = ConfigProblem(
        .warning, file: file.name, path: .root,
        reason: #"\#(embedded.key ?? "the text") is empty: no pools here, and the daemon expects {"resourceList": []}"#,
        line: place.line, column: place.column)
      self.init(name: name, config: PluginConfig(), problems: [problem], map: embedded.map)
      return
    }
    let (config, problems) = PluginConfig.decode(embedded.bytes, file: file.name, defaults: defaults)
    self.init(name: name, config: config, problems: problems.map { $0.moved(by: embedded.map) }, map: embedded.map)
  }

  /// A warning for each pool that would have no device on the inspected host, and for each value that asks for
  /// VFs which the PF does not have there.
  public func doubts(about rehearsal: Rehearsal) -> [ConfigProblem] {
    let partition = rehearsal.partition
    let configs = partition.pools.map(\.config)
    let empty = partition.emptyPools().compactMap { empty in
      configs.first { $0.name == empty.pool }.map { config in
        ConfigProblem(
          .warning, file: config.file, path: config.path,
          reason: "\(empty.pool) has no device on this host: \(empty.text)",
          line: config.position?.line, column: config.position?.column)
      }
    }
    return (empty + partition.rangesBeyondFunctions).map { problem in map.map { problem.moved(by: $0) } ?? problem }
  }

  /// A problem of the configuration, with its place in the file that people edit.
  public func placed(_ problem: ConfigProblem) -> ConfigProblem { map.map { problem.moved(by: $0) } ?? problem }

  /// Warnings about the pools' devices on the inspected host.
  public func warnings(of rehearsal: Rehearsal) -> [ConfigProblem] {
    let pools = Dictionary(
      rehearsal.partition.pools.map { ($0.name, $0.config) }, uniquingKeysWith: { first, _ in first })
    let offering = rehearsal.partition.pools.filter { $0.config.type.mayTakeUplink && !$0.units.isEmpty }
    return rehearsal.partition.warnings.compactMap { warning in
      pools[warning.pool].map { self.warning($0, warning.text) }
    }
      + offering.flatMap { pool in
        rehearsal.untracedRoutes.map { warning(pool.config, Rehearsal.untraced(route: $0)) }
      }
  }

  private func warning(_ config: PoolConfig, _ text: String) -> ConfigProblem {
    placed(
      ConfigProblem(
        .warning, file: config.file, path: config.path, reason: text, line: config.position?.line,
        column: config.position?.column))
  }
}

extension ConfigProblem {
  /// The same problem where the text stands in the file around it.
  func moved(by map: SourceMap) -> ConfigProblem {
    guard let line, let column else { return self }
    let place = map.place(of: JSONPosition(line: line, column: column))
    var moved = self
    moved.line = place.line
    moved.column = place.column
    return moved
  }
}
