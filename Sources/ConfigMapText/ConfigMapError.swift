/// Why no configuration can be taken out of a manifest.
public enum ConfigMapError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The text is no YAML; line and column count from 1.
  case unreadable(line: Int, column: Int, reason: String)
  /// It is YAML, and there is no ConfigMap in it.
  case noConfigMap
  /// There are ConfigMaps, and no configuration is in them.
  case noConfiguration(configMap: String)

  public var description: String {
    switch self {
    case .unreadable(let line, let column, let reason): "\(line):\(column): no YAML: \(reason)"
    case .noConfigMap: "found no ConfigMap, expected a configuration in JSON or the manifest of a ConfigMap"
    case .noConfiguration(let name):
      "found no configuration in ConfigMap \(name), expected one in data under a key such as config.json"
    }
  }
}
