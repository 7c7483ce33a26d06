public import JSONText

/// A slice that the node is to publish, as the daemon describes it.
public struct DesiredSlice: Sendable, Equatable {
  /// Begins with the slice's place in its pool: hex digits and a hyphen.
  let generateName: String
  let pool: String
  let index: Int
  /// Its generation is not the one to be published.
  let spec: JSONValue

  /// Nil when the object is not a slice.
  public init?(_ object: JSONValue) {
    guard let name = object["metadata"]?["generateName"]?.string, let index = Self.index(ofName: name),
      let spec = object["spec"], let pool = spec["pool"]?["name"]?.string
    else { return nil }
    generateName = name
    self.pool = pool
    self.index = index
    self.spec = spec
  }

  /// The place that a slice's name begins with; nil for a name of another kind.
  static func index(ofName name: String) -> Int? {
    guard let end = name.firstIndex(of: "-") else { return nil }
    let digits = name[..<end]
    return (5...8).contains(digits.utf8.count) ? Int(digits, radix: 16) : nil
  }
}
