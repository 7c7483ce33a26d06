/// A key of a configuration file, for the decoder and for the manual's reference.
public struct ConfigKey: Sendable, Equatable {
  /// The object that the key stands in.
  public enum Scope: Sendable, Hashable {
    case file
    case resourcePool
    case selectors
    /// The object that is the value of this key of a pool.
    case option(String)
    case sharedPool
    case sharedSelectors

    /// The object's place: `resourceList[].selectors`; empty for the file.
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

  /// What kind of value a key has.
  public enum ValueType: Sendable, Equatable {
    case text
    case texts
    case flag
    case integer(ClosedRange<Int>)
    case choice([String])
    case choices([String])
    case object(Scope)
    case objects(Scope)
    case objectOrObjects(Scope)
    /// An object of objects of strings.
    case additionalInfo
    /// Accepted, because some files have it, and ignored.
    case ignored
  }

  public let name: String
  public let type: ValueType
  /// What absence and null mean; nil for a required key.
  public let absent: String?
  /// One sentence.
  public let meaning: String
  /// Pools on which the key has an effect; empty: all.
  public var deviceTypes: [String] = []
  /// The keys of the object that is the value, where no other key has such objects.
  let inner: [ConfigKey]

  public init(_ name: String, _ type: ValueType, absent: String?, inner: [ConfigKey] = [], meaning: String) {
    self.name = name
    self.type = type
    self.absent = absent
    self.inner = inner
    self.meaning = meaning
  }
}
