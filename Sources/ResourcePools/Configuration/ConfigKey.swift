/// A key of a configuration file, for the decoder and for the manual's reference.
public struct ConfigKey: Sendable, Equatable {
  /// The object that the key stands in.
  public enum Scope: String, Sendable, CaseIterable {
    case file = ""
    case resourcePool = "resourceList[]"
    case selectors = "resourceList[].selectors"
    case networkNamespace = "resourceList[].netns"
    case ubsEngine = "resourceList[].ubse"
    case sharedPool = "configList[]"
    case sharedSelectors = "configList[].selectors"
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
  public let deviceTypes: [String]

  public init(_ name: String, _ type: ValueType, absent: String?, deviceTypes: [String] = [], meaning: String) {
    self.name = name
    self.type = type
    self.absent = absent
    self.meaning = meaning
    self.deviceTypes = deviceTypes
  }
}
