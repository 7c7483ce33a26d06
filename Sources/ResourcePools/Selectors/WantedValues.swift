/// The values that a selector looks for. Every device is compared with them: a few values one by one, because hashing a
/// word takes longer than to compare it with ten.
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
