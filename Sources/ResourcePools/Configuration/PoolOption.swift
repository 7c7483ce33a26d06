import JSONText

/// A key of a pool that only some device types have, with a value of any type.
///
/// `DeviceType.options` lists them. The decoder, the manual, the schema and the log's summary use these lists.
protocol PoolKey: Sendable {
  /// The key for the reference, which lists its device types there.
  var key: ConfigKey { get }

  /// Reads the key into the pool, if the object has it.
  func read(_ object: ConfigObject, into pool: inout PoolConfig, log: inout ProblemLog)

  /// The value in effect; nil to leave it out.
  func summary(of pool: PoolConfig) -> JSONValue?
}

/// The namespace of pool options. Each one is in the file of its device type or attachment, next to its accessor in
/// `PoolConfig`.
enum PoolOptions {}

/// A key of a pool with a value of this type.
struct PoolOption<Value: Sendable>: PoolKey {
  let key: ConfigKey
  private let decode: @Sendable (ConfigObject, inout ProblemLog) -> Value?
  private let summarize: @Sendable (PoolConfig) -> JSONValue?

  /// `decode` gets the pool's object; `summarize` gives the value in effect, nil to leave it out.
  init(
    _ key: ConfigKey, decode: @escaping @Sendable (ConfigObject, inout ProblemLog) -> Value?,
    summarize: @escaping @Sendable (PoolConfig) -> JSONValue?
  ) {
    self.key = key
    self.decode = decode
    self.summarize = summarize
  }

  func read(_ object: ConfigObject, into pool: inout PoolConfig, log: inout ProblemLog) {
    if let value = decode(object, &log) { pool[self] = value }
  }

  func summary(of pool: PoolConfig) -> JSONValue? { summarize(pool) }
}

extension PoolOption where Value == Bool {
  /// False when the key is absent.
  static func flag(_ name: String, meaning: String) -> PoolOption {
    PoolOption(ConfigKey(name, .flag, absent: "false", meaning: meaning)) { object, log in
      object.flag(name, log: &log)
    } summarize: {
      .bool($0.value(of: name) as? Bool ?? false)
    }
  }
}

extension PoolOption where Value: RawRepresentable<String> & CaseIterable {
  /// One of the words of `Value`; `standard` when the key is absent.
  static func choice(_ name: String, standard: Value, meaning: String) -> PoolOption {
    PoolOption(
      ConfigKey(name, .choice(Value.allCases.map(\.rawValue)), absent: standard.rawValue, meaning: meaning)
    ) { object, log in
      object.choice(name, Value.self, log: &log)
    } summarize: {
      .string(($0.value(of: name) as? Value ?? standard).rawValue)
    }
  }
}

extension PoolOption {
  /// An object with these keys; `decode` gets that object.
  static func object(
    _ name: String, _ keys: [ConfigKey], absent: String, meaning: String,
    decode: @escaping @Sendable (ConfigObject, inout ProblemLog) -> Value,
    summarize: @escaping @Sendable (PoolConfig) -> JSONValue?
  ) -> PoolOption {
    PoolOption(
      ConfigKey(name, .object(.option(name)), absent: absent, inner: keys, meaning: meaning),
      decode: { object, log in
        guard let node = object.node(name),
          let inner = ConfigObject(node, at: object.path.key(name), keys: ConfigKeySet(keys), log: &log)
        else { return nil }
        return decode(inner, &log)
      }, summarize: summarize)
  }
}
