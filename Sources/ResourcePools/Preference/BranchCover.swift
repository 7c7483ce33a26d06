/// Finds the fewest branches that have enough units together, and of these choices the one with the smallest rest.
struct BranchCover {
  /// Indexes into the sizes.
  let branches: [Int]

  /// `sizes` hold at least `count` in sum.
  init(sizes: [Int], count: Int) {
    if let single = sizes.indices.filter({ sizes[$0] >= count }).min(by: { (sizes[$0], $0) < (sizes[$1], $1) }) {
      branches = [single]
    } else if sizes.count <= Self.exhaustive {
      branches = Self.best(sizes, count)
    } else {
      branches = Self.greedy(sizes, count)
    }
  }

  /// The number of branches up to which all choices are tried: 2^12.
  private static let exhaustive = 12

  private static func best(_ sizes: [Int], _ count: Int) -> [Int] {
    var best: (branches: Int, spare: Int, set: Int)?
    for set in 1..<(1 << sizes.count) {
      let sum = sizes.indices.reduce(0) { set & (1 << $1) == 0 ? $0 : $0 + sizes[$1] }
      guard sum >= count else { continue }
      let candidate = (set.nonzeroBitCount, sum - count, set)
      if let known = best, known <= candidate { continue }
      best = candidate
    }
    let set = best?.set ?? 0
    return sizes.indices.filter { set & (1 << $0) != 0 }
  }

  /// The largest branches, and for the rest the smallest one that has enough.
  private static func greedy(_ sizes: [Int], _ count: Int) -> [Int] {
    let descending = sizes.indices.sorted { (-sizes[$0], $0) < (-sizes[$1], $1) }
    var left = count
    var taken: [Int] = []
    for (rank, index) in descending.enumerated() {
      if sizes[index] < left {
        taken.append(index)
        left -= sizes[index]
      } else {
        let last = descending[rank...].last { sizes[$0] >= left } ?? index
        return taken + [last]
      }
    }
    return taken
  }
}
