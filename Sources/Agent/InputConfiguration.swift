import ConfigMapText
import JSONText
public import ResourcePools

/// The files of a command as one configuration, in any form that `validate` takes.
///
/// A manifest may have several configurations. Those of one ConfigMap are alternatives: the key with the node's name
/// counts, or the one that is asked for. A resourceList and a configList of two plugins are one configuration here.
public struct InputConfiguration: Sendable {
  /// What decides which of several configurations in a manifest counts.
  public struct Choice: Sendable {
    /// The node's name: a key of a ConfigMap that has this name counts.
    public var nodeName: String
    /// The ConfigMap's key, or its full name as in messages; nil when none was given.
    public var key: String?

    /// Without a key, the node's name decides.
    public init(nodeName: String, key: String?) {
      self.nodeName = nodeName
      self.key = key
    }
  }

  private let inputs: [InputFile]

  /// Reads the files, and standard input for `-`.
  public init(reading paths: [String]) { inputs = paths.map { InputFile(reading: $0) } }

  /// Whether every node has the same configuration, because no manifest has several.
  public var isSameOnEveryNode: Bool {
    inputs.allSatisfy { input in (try? input.content.get()).map(Self.isOneConfiguration) ?? true }
  }

  /// Decodes the configuration of a node.
  ///
  /// - Returns: nil for the configuration when any of the problems is an error.
  public func decode(
    _ choice: Choice, defaults: ConfigDefaults
  ) -> (config: PluginConfig?, problems: [ConfigProblem]) {
    var problems: [ConfigProblem] = []
    var texts: [ChosenText] = []
    for input in inputs {
      do throws(ConfigProblem) {
        texts += try Self.chosen(of: input, choice)
      } catch {
        problems.append(error)
      }
    }
    let (config, found) = PluginConfig.decode(texts.map(\.file), defaults: defaults)
    let byName = Dictionary(texts.map { ($0.file.name, $0) }) { first, _ in first }
    problems += found.map { problem in byName[problem.file].map { problem.moved(to: $0) } ?? problem }
    return (problems.contains { $0.severity == .error } ? nil : config, problems)
  }

  /// The configuration of a node as JSON files, for a daemon that reads them itself.
  public func texts(_ choice: Choice) -> [[UInt8]] {
    inputs.flatMap { (try? Self.chosen(of: $0, choice)) ?? [] }.map(\.file.bytes)
  }

  private static func chosen(of input: InputFile, _ choice: Choice) throws(ConfigProblem) -> [ChosenText] {
    let all = try input.content.get()
    var fitting = all
    if let key = choice.key {
      // A file that is JSON itself has no keys.
      fitting = all.filter { $0.name == nil || $0.key == key || $0.name == key }
      if fitting.isEmpty { throw problem(of: input, "has no configuration \(key): found \(names(all))") }
    } else if all.count > 1, let own = all.first(where: { $0.key == choice.nodeName }) {
      fitting = [own]
    }
    guard isOneConfiguration(fitting) else {
      let count = "has \(all.count) configurations"
      let reason =
        choice.nodeName.isEmpty || choice.key != nil
        ? "\(count), expected one: -config-key or -node-name chooses of \(names(all))"
        : "\(count) and none for \(choice.nodeName): found \(names(all)); -config-key chooses one"
      throw problem(of: input, reason)
    }
    return fitting.filter { !$0.isBlank || $0.name == nil }.map { ChosenText($0, of: input.name) }
  }

  /// Whether each of the two lists is in at most one of the texts.
  private static func isOneConfiguration(_ texts: [EmbeddedConfig]) -> Bool {
    guard texts.count > 1 else { return true }
    let roots = texts.map { try? JSONNode.parse($0.bytes) }
    return ["resourceList", "configList"].allSatisfy { list in
      roots.count { root in root?.members?.contains { JSONKey.matches($0.key, list) } ?? true } <= 1
    }
  }

  private static func names(_ texts: [EmbeddedConfig]) -> String {
    texts.map { $0.name ?? "" }.joined(separator: ", ")
  }

  private static func problem(of input: InputFile, _ reason: String) -> ConfigProblem {
    ConfigProblem(.error, file: input.name, path: .root, reason: reason)
  }
}

/// A chosen configuration, with a name of its own while it is decoded.
private struct ChosenText {
  let file: ConfigFile
  /// The file that people edit.
  let edited: String
  let map: SourceMap

  init(_ text: EmbeddedConfig, of edited: String) {
    file = ConfigFile(name: text.name.map { "\(edited) (\($0))" } ?? edited, bytes: text.bytes)
    self.edited = edited
    map = text.map
  }
}

extension ConfigProblem {
  fileprivate func moved(to text: ChosenText) -> ConfigProblem {
    var moved = self.moved(by: text.map)
    moved.file = text.edited
    return moved
  }
}
