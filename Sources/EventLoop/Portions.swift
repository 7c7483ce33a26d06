import Synchronization

/// A list that several threads share out among themselves as they go: who is held up takes less of it.
public final class Portions<Element: Sendable>: Sendable {
  private let elements: [Element]
  private let size: Int
  private let taken = Atomic(0)

  public init(of elements: [Element], size: Int) {
    precondition(size > 0)
    self.elements = elements
    self.size = size
  }

  /// What nobody has taken yet, at most `size` of it, in order; nil when all is taken.
  public func next() -> ArraySlice<Element>? {
    let start = taken.add(size, ordering: .relaxed).oldValue
    return start < elements.count ? elements[start..<min(start + size, elements.count)] : nil
  }
}
