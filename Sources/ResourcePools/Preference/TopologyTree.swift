import HostInventory

/// The units of a pool below the host, NUMA nodes, root ports and bridges.
struct TopologyTree {
  struct Node {
    /// The level: 0 is the host, 1 a NUMA node, 2 a root port; higher ones are bridges behind it.
    let depth: Int
    var children: [Int] = []
    /// Free units directly below, not behind a further bridge; ascending.
    var own: [Int] = []
    /// Units here and below: all units of the pool, the free ones, and those of the container.
    var all = 0
    var free = 0
    var chosen = 0
  }
  /// The host is first; children come after their parents, in the order of their first units.
  private(set) var nodes = [Node(depth: 0)]

  private enum Step: Hashable {
    /// Nil when the NUMA node is unknown.
    case numa(Int?)
    case bridge(PCIAddress)
  }
  private struct Place: Hashable {
    let parent: Int
    let step: Step
  }

  init(_ question: PreferenceQuestion) {
    var index: [Place: Int] = [:]
    let (free, chosen) = (Set(question.free), Set(question.chosen))
    for (position, unit) in question.pool.units.enumerated() {
      guard let device = unit.members.first?.device else { continue }
      var path = [0]
      for step in [Step.numa(device.numaNode)] + device.bridges.map(Step.bridge) {
        path.append(child(of: path[path.count - 1], step, &index))
      }
      for node in path {
        nodes[node].all += 1
        nodes[node].free += free.contains(position) ? 1 : 0
        nodes[node].chosen += chosen.contains(position) ? 1 : 0
      }
      if free.contains(position) { nodes[path[path.count - 1]].own.append(position) }
    }
  }

  private mutating func child(of parent: Int, _ step: Step, _ index: inout [Place: Int]) -> Int {
    let place = Place(parent: parent, step: step)
    if let known = index[place] { return known }
    nodes.append(Node(depth: nodes[parent].depth + 1))
    nodes[parent].children.append(nodes.count - 1)
    index[place] = nodes.count - 1
    return nodes.count - 1
  }
}

extension TopologyTree {
  var numaNodes: [Node] { nodes[0].children.map { nodes[$0] } }

  /// The part of the host in which all chosen units and `wanted` free ones are nearest to each other.
  ///
  /// Below one bridge before one root port before one NUMA node; there, a part that is not divided further before one
  /// that is; of equals, the one with the fewest to spare. A single unit is near to itself: it comes from the NUMA node,
  /// then the root port, where the fewest are.
  func nearestPart(
    for wanted: Int, chosen: Int, precedes: ([Int], [Int]) -> Bool = { $0.lexicographicallyPrecedes($1) }
  ) -> Int {
    func fits(_ node: Int) -> Bool { nodes[node].free >= wanted && nodes[node].chosen == chosen }
    if wanted + chosen == 1 {
      var part = 0
      while let child = nodes[part].children.filter(fits).min(by: { (nodes[$0].free, $0) < (nodes[$1].free, $1) }) {
        part = child
      }
      return part
    }
    let divisions = divisions()
    func key(_ node: Int) -> [Int] {
      let isWhole = nodes[node].depth == 2 && divisions[node] == 0
      return [isWhole ? -3 : -min(nodes[node].depth, 3), divisions[node], nodes[node].free, node]
    }
    return nodes.indices.filter(fits).min { precedes(key($0), key($1)) } ?? 0
  }

  /// How many levels of groups are below each part until all units are equally near. A port with one unit is no group,
  /// and a bridge alone below its parent does not count.
  private func divisions() -> [Int] {
    var divisions = Array(repeating: 0, count: nodes.count)
    for node in nodes.indices.reversed() {
      let groups = nodes[node].children.filter { nodes[$0].all > 1 }
      guard let deepest = groups.map({ divisions[$0] }).max() else { continue }
      divisions[node] = groups.count == 1 && nodes[groups[0]].all == nodes[node].all ? deepest : deepest + 1
    }
    return divisions
  }

  /// Chooses `count` free units of this part, from as few branches as possible and with the smallest rest in them.
  func units(_ count: Int, from node: Int) -> [Int] {
    guard count < nodes[node].free else { return allUnits(from: node) }
    var left = count
    var result: [Int] = []
    // Branches with units of the container first, then others, then units without a bridge of their own.
    let branches = nodes[node].children.filter { nodes[$0].free > 0 }
    for group in [branches.filter { nodes[$0].chosen > 0 }, branches.filter { nodes[$0].chosen == 0 }] {
      let share = min(left, group.reduce(0) { $0 + nodes[$1].free })
      for (branch, share) in shares(of: share, among: group) { result += units(share, from: branch) }
      left -= share
    }
    return result + nodes[node].own.prefix(left)
  }

  private func allUnits(from node: Int) -> [Int] {
    nodes[node].children.flatMap(allUnits) + nodes[node].own
  }

  /// The number of units from each branch: all of some branches, and a part of the smallest.
  private func shares(of count: Int, among branches: [Int]) -> [(branch: Int, share: Int)] {
    guard count > 0 else { return [] }
    let sizes = branches.map { nodes[$0].free }
    let largestFirst = BranchCover(sizes: sizes, count: count).branches.sorted {
      (-sizes[$0], $0) < (-sizes[$1], $1)
    }
    var left = count
    return largestFirst.map { index in
      let share = min(left, sizes[index])
      left -= share
      return (branches[index], share)
    }
  }
}
