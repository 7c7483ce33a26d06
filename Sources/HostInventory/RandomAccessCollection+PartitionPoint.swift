extension RandomAccessCollection {
  /// Where the elements that `precedes` is true of end, all of which stand before the others: the end when it is true of all.
  @inlinable package func partitionPoint(_ precedes: (Element) -> Bool) -> Index {
    var rest = self[...]
    while !rest.isEmpty {
      let middle = rest.index(rest.startIndex, offsetBy: rest.count / 2)
      rest = precedes(rest[middle]) ? rest[rest.index(after: middle)...] : rest[..<middle]
    }
    return rest.startIndex
  }
}
