/// A key of a configuration file, for the decoder and for the manual's reference.
public struct ConfigKey: Sendable, Equatable {
  /// The object that a key belongs to.
  public enum Scope: Sendable, Hashable {
    /// The top level of the file.
    case file
    /// An entry of `resourceList`.
    case resourcePool
    /// A selector object of such an entry.
    case selectors
    /// The object that is the value of this key of a pool.
    case option(String)
    /// An entry of `configList`.
    case sharedPool
    /// The selector object of such an entry.
    case sharedSelectors

    /// The object's path, e.g. `resourceList[].selectors`; empty for the file.
    public var path: String {
      switch self {
      case .file: ""
      case .resourcePool: "resourceList[]"
      case .selectors: "resourceList[].selectors"
      case .option(let key): "resourceList[].\(key)"
      case .sharedPool: "configList[]"
      case .sharedSelectors: "configList[].selectors"
      }
    }
  }

  /// The type of a key's value.
  public enum ValueType: Sendable, Equatable {
    /// A string.
    case text
    /// A list of strings.
    case texts
    /// `true` or `false`.
    case flag
    /// An integer in a range.
    case integer(ClosedRange<Int>)
    /// One of these strings.
    case choice([String])
    /// A list of some of these strings.
    case choices([String])
    /// An object with the keys of a scope.
    case object(Scope)
    /// A list of such objects.
    case objects(Scope)
    /// One such object, or a list of them.
    case objectOrObjects(Scope)
    /// An object whose values are objects with strings.
    case additionalInfo
    /// Anything. The key is accepted because some files have it, and has no effect.
    case ignored
  }

  /// The key.
  public let name: String
  /// The type of its value.
  public let type: ValueType
  /// What absence and null mean; nil when the key is required.
  public let absent: String?
  /// One sentence for the reference.
  public let meaning: String
  /// The device types of pools on which the key has an effect; empty means all.
  public var deviceTypes: [String] = []
  /// The keys of the object that is the value, where no other key has such objects.
  let inner: [ConfigKey]

  init(_ name: String, _ type: ValueType, absent: String?, inner: [ConfigKey] = [], meaning: String) {
    self.name = name
    self.type = type
    self.absent = absent
    self.inner = inner
    self.meaning = meaning
  }
}
