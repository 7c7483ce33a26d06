import HostInventory

/// The free and chosen units of a pool below the host, NUMA nodes, root ports and bridges.
struct TopologyTree {
  /// One step down.
  enum Step: Hashable {
    /// Nil: a node nobody knows.
    case numa(Int?)
    case bridge(PCIAddress)
  }
  struct Node {
    /// 0 the host, 1 a NUMA node, 2 a root port, above 2 bridges behind it.
    let depth: Int
    var children: [Int] = []
    /// Free units right below, not behind a further bridge; ascending.
    var own: [Int] = []
    /// Free units here and below.
    var free = 0
    /// Units here and below that the container has already.
    var chosen = 0
  }
  /// The host is first; children come after their parents, in the order of their first units.
  private(set) var nodes = [Node(depth: 0)]

  init(_ question: PreferenceQuestion) {
    var index: [Place: Int] = [:]
    let all = question.chosen.map { ($0, false) } + question.free.map { ($0, true) }
    for (position, isFree) in all.sorted(by: { $0.0 < $1.0 }) {
      guard let device = question.pool.units[position].members.first?.device else { continue }
      var at = 0
      count(isFree, at: at)
      for step in [Step.numa(device.numaNode)] + device.bridges.map(Step.bridge) {
        let place = Place(parent: at, step: step)
        if let known = index[place] {
          at = known
        } else {
          nodes.append(Node(depth: nodes[at].depth + 1))
          nodes[at].children.append(nodes.count - 1)
          at = nodes.count - 1
          index[place] = at
        }
        count(isFree, at: at)
      }
      if isFree { nodes[at].own.append(position) }
    }
  }

  private struct Place: Hashable {
    let parent: Int
    let step: Step
  }

  private mutating func count(_ isFree: Bool, at node: Int) {
    if isFree { nodes[node].free += 1 } else { nodes[node].chosen += 1 }
  }
}

extension TopologyTree {
  var numaNodes: [Node] { nodes[0].children.map { nodes[$0] } }

  /// The smallest part of the host that has all chosen units and `wanted` free ones.
  ///
  /// Of several the one lies deepest (below one bridge, one root port, one NUMA node) and has the fewest units to
  /// spare. For a single unit depth says nothing: it comes from where the fewest are.
  func smallestPart(for wanted: Int, chosen: Int) -> Int {
    let isSingle = wanted + chosen == 1
    var reach = nodes.map { isSingle ? 0 : min($0.depth, 3) }
    func fits(_ node: Int) -> Bool { nodes[node].free >= wanted && nodes[node].chosen == chosen }
    for parent in nodes.indices.reversed() {
      for child in nodes[parent].children where fits(child) { reach[parent] = max(reach[parent], reach[child]) }
    }
    var part = 0
    while true {
      let better = nodes[part].children.filter(fits).min {
        (-reach[$0], nodes[$0].free, $0) < (-reach[$1], nodes[$1].free, $1)
      }
      guard let better else { return part }
      part = better
    }
  }

  /// `count` free units of this part, of as few of its branches as can be, leaving as little over in them as can be.
  func units(_ count: Int, from node: Int) -> [Int] {
    guard count < nodes[node].free else { return allUnits(from: node) }
    var left = count
    var result: [Int] = []
    // Where the container is already, then its units without a bridge of their own, then fresh branches.
    let branches = nodes[node].children.filter { nodes[$0].free > 0 }
    for group in [branches.filter { nodes[$0].chosen > 0 }, branches.filter { nodes[$0].chosen == 0 }] {
      let enough = min(left, group.reduce(0) { $0 + nodes[$1].free })
      for (branch, share) in shares(of: enough, among: group) { result += units(share, from: branch) }
      left -= enough
    }
    return result + nodes[node].own.prefix(left)
  }

  private func allUnits(from node: Int) -> [Int] {
    nodes[node].children.flatMap(allUnits) + nodes[node].own
  }

  /// How many units to take from which branch: whole ones and at most one in part.
  private func shares(of count: Int, among branches: [Int]) -> [(branch: Int, share: Int)] {
    guard count > 0 else { return [] }
    let sizes = branches.map { nodes[$0].free }
    let cover = BranchCover(sizes: sizes, count: count)
    // The smallest branch is the one that is broken into.
    let ordered = cover.branches.sorted { (-sizes[$0], $0) < (-sizes[$1], $1) }
    var left = count
    return ordered.map { index in
      let share = min(left, sizes[index])
      left -= share
      return (branches[index], share)
    }
  }
}
