/// The values that a selector accepts. Every device is compared with them. A few values are compared one by one,
/// because hashing a word takes longer than ten comparisons.
struct WantedValues: Sendable {
  private let few: [String]
  private let many: Set<String>

  private static let mostCompared = 8

  init(_ values: [String]) {
    let isLong = values.count > Self.mostCompared
    few = isLong ? [] : values
    many = isLong ? Set(values) : []
  }

  func contains(_ value: String) -> Bool {
    few.contains(value) || many.contains(value)
  }
}
