import JSONText

/// Suggests a known word for a mistyped one.
public enum NearestWord {
  /// Finds the word with the fewest changed, added, missing or swapped letters, without regard to case; nil when none
  /// is near enough.
  public static func of(_ words: [String], to text: String) -> String? {
    // A very long word is no misspelling, and would make the distance expensive.
    guard text.utf8.count <= 64 else { return nil }
    let limit = max(1, text.utf8.count / 3)
    return words.map { (distance($0, text), $0) }.filter { $0.0 <= limit }.min { $0.0 < $1.0 }?.1
  }

  /// All words within `limit` changes, the nearest first.
  static func all(_ words: [String], to text: String, limit: Int) -> [String] {
    guard text.utf8.count <= 64 else { return [] }
    let near = words.filter { abs($0.utf8.count - text.utf8.count) <= limit }.map { (distance($0, text), $0) }
    var found: [String] = []
    for (_, word) in near.filter({ $0.0 <= limit }).sorted(by: { $0.0 < $1.0 }) where !found.contains(word) {
      found.append(word)
    }
    return found
  }

  /// Optimal string alignment distance.
  private static func distance(_ left: String, _ right: String) -> Int {
    let a = JSONKey.folded(left)
    let b = JSONKey.folded(right)
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var cost = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
        row.append(cost)
      }
      beforeLast = last
      last = row
    }
    return last[b.count]
  }
}
