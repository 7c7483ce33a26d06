public import JSONText

/// A ResourceSlice that the node should publish, as the daemon describes it.
public struct DesiredSlice: Sendable, Equatable {
  /// The beginning of the object's name: the slice's index in its pool as hex digits, and a hyphen.
  let generateName: String
  let pool: String
  let index: Int
  /// The spec without the generation, which the plan adds.
  let spec: JSONValue

  /// Reads the daemon's object; nil when it is not a slice.
  public init?(_ object: JSONValue) {
    guard let name = object["metadata"]?["generateName"]?.string, let index = Self.index(ofName: name),
      let spec = object["spec"], let pool = spec["pool"]?["name"]?.string
    else { return nil }
    generateName = name
    self.pool = pool
    self.index = index
    self.spec = spec
  }

  /// The index with which a slice's name begins; nil for any other name.
  static func index(ofName name: String) -> Int? {
    guard let end = name.firstIndex(of: "-") else { return nil }
    let digits = name[..<end]
    return (5...8).contains(digits.utf8.count) ? Int(digits, radix: 16) : nil
  }
}
