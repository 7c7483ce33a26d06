import JSONText

/// The keys of one kind of object, found as Go's decoder does.
struct ConfigKeySet: Sendable {
  let keys: [ConfigKey]

  init(_ keys: [ConfigKey]) { self.keys = keys }

  /// The name of the key that `text` is a spelling of; nil for an unknown key.
  func name(for text: String) -> String? { key(for: text)?.name }

  /// The exact spelling is tried first, because it is nearly always the one used.
  func key(for text: String) -> ConfigKey? { self[text] ?? keys.first { JSONKey.matches(text, $0.name) } }

  subscript(name: String) -> ConfigKey? { keys.first { $0.name == name } }
}

extension ConfigKeySet {
  static func of(_ scope: ConfigKey.Scope) -> ConfigKeySet { ConfigKeySet(ConfigReference.keys(of: scope)) }

  /// The selectors of one device type.
  static func selectors(of type: DeviceType) -> ConfigKeySet { ConfigKeySet(ConfigReference.selectors(of: type)) }
}
