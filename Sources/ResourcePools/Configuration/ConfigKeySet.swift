import JSONText

/// The keys of one kind of object, ready to be looked up as Go's decoder does.
struct ConfigKeySet: Sendable {
  let keys: [ConfigKey]
  private let names: [[UInt8]: String]

  init(_ keys: [ConfigKey]) {
    self.keys = keys
    names = Dictionary(keys.map { (JSONKey.folded($0.name), $0.name) }, uniquingKeysWith: { first, _ in first })
  }

  /// The name of the key that `text` is a spelling of; nil: there is none.
  func name(for text: String) -> String? { names[JSONKey.folded(text)] }

  func key(for text: String) -> ConfigKey? { name(for: text).flatMap { self[$0] } }

  subscript(name: String) -> ConfigKey? { keys.first { $0.name == name } }
}

extension ConfigKeySet {
  private static let scopes = Dictionary(
    uniqueKeysWithValues: ConfigKey.Scope.allCases.map { ($0, ConfigKeySet(ConfigReference.keys(of: $0))) })
  private static let selectors = Dictionary(
    DeviceTypeCatalog.all.map { ($0.name, ConfigKeySet(ConfigReference.selectors(of: $0))) },
    uniquingKeysWith: { first, _ in first })

  static func of(_ scope: ConfigKey.Scope) -> ConfigKeySet { scopes[scope] ?? ConfigKeySet([]) }

  /// The selectors of one device type.
  static func selectors(of type: DeviceType) -> ConfigKeySet { selectors[type.name] ?? ConfigKeySet([]) }
}
