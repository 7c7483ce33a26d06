/// The number that each virtual function has for its PF: N of the link `virtfnN` that leads to it.
struct VirtualFunctionNumbers {
  private typealias Entry = (function: PCIAddress, number: Int)

  /// By address, and of one function the lowest number first.
  private let entries: [Entry]

  static let none = VirtualFunctionNumbers([])

  /// By ascending numbers, which nearly always is by address too.
  init(_ links: [(function: PCIAddress, number: Int)]) {
    let isInOrder = links.indices.dropFirst().allSatisfy { links[$0 - 1].function < links[$0].function }
    entries = isInOrder ? links : links.sorted { ($0.function, $0.number) < ($1.function, $1.number) }
  }

  /// Nil when no link leads to the function.
  subscript(function: PCIAddress) -> Int? {
    var range = entries.indices
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      range =
        entries[middle].function < function ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    guard range.lowerBound < entries.count, entries[range.lowerBound].function == function else { return nil }
    return entries[range.lowerBound].number
  }
}
