/// Why a manifest yields no configuration.
public enum ConfigMapError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The text is not YAML; line and column count from 1.
  case unreadable(line: Int, column: Int, reason: String)
  /// The YAML contains neither a ConfigMap nor a configuration.
  case noConfigMap
  /// There are ConfigMaps, but no configuration in them.
  case noConfiguration(configMap: String)
  /// The pools are written as YAML; they must be JSON.
  case configurationInYAML

  public var description: String {
    switch self {
    case .unreadable(let line, let column, let reason): "\(line):\(column): no YAML: \(reason)"
    case .noConfigMap:
      "found no ConfigMap and no configuration, expected JSON or a manifest with JSON in it: a ConfigMap, NicClusterPolicy"
        + " or NicNodePolicy"
    case .noConfiguration(let name):
      "found no configuration in ConfigMap \(name), expected JSON with a resourceList or configList in its data"
    case .configurationInYAML:
      "found a configuration in YAML, expected JSON: no comments, and double quotes around keys and strings"
    }
  }
}
