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
    let position = entries.partitionPoint { $0.function < function }
    return position < entries.count && entries[position].function == function ? entries[position].number : nil
  }
}
