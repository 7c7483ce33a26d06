import HostInventory

extension PreferenceQuestion {
  /// Units as close to each other as can be: below one bridge, else one root port, else one NUMA node.
  ///
  /// Empty for NPUs that would lie in several NUMA nodes although one node could have held them all, unless the pool
  /// allows it: no other choice is better than kubelet's then.
  func nearest() -> [Int] {
    let tree = TopologyTree(self)
    let part = tree.nearestPart(for: wanted, chosen: chosen.count, precedes: precedes)
    let isApart = !tree.numaNodes.contains { $0.chosen == chosen.count }
    if part == 0, !isApart, !pool.config.allowCrossNuma, isOfNPUs, count <= largestNUMANode { return [] }
    return chosen + tree.units(wanted, from: part).sorted()
  }

  private var isOfNPUs: Bool {
    pool.units[(chosen + free)[0]].members.contains { RebellionsProduct.isNPU($0.device) }
  }

  /// Units of the pool in the NUMA node that has most, free or not.
  private var largestNUMANode: Int {
    var counts: [Int?: Int] = [:]
    for unit in pool.units { counts[unit.members.first?.device.numaNode, default: 0] += 1 }
    return counts.values.max() ?? 0
  }
}
