import HostInventory

extension PreferenceQuestion {
  /// Units as close to each other as can be: below one bridge, else one root port, else one NUMA node.
  ///
  /// Empty for NPUs that would lie in several NUMA nodes, which the pool does not allow (`liesApart`).
  func nearest() -> [Int] {
    if !pool.config.allowCrossNuma, liesApart { return [] }
    let tree = TopologyTree(self)
    let part = tree.nearestPart(for: wanted, chosen: chosen.count, precedes: precedes)
    return chosen + tree.units(wanted, from: part).sorted()
  }

  /// Whether NPUs would lie in several NUMA nodes although one node could hold as many, were they free.
  var liesApart: Bool {
    guard isOfNPUs, count <= numaCapacity ?? largestNUMANode else { return false }
    let nodes = TopologyTree(self).numaNodes
    // A container that is in several nodes already can't be brought together.
    guard nodes.contains(where: { $0.chosen == chosen.count }) else { return false }
    return !nodes.contains { $0.chosen == chosen.count && $0.free >= wanted }
  }

  private var firstDevice: Device? { pool.units[(chosen + free)[0]].members.first?.device }

  private var isOfNPUs: Bool { firstDevice.map(RebellionsProduct.isNPU) ?? false }

  /// See `RebellionsProduct.numaCapacity`.
  var numaCapacity: Int? { firstDevice.flatMap(RebellionsProduct.numaCapacity) }

  /// Units of the pool in the NUMA node that has most, free or not.
  private var largestNUMANode: Int {
    var counts: [Int?: Int] = [:]
    for unit in pool.units { counts[unit.members.first?.device.numaNode, default: 0] += 1 }
    return counts.values.max() ?? 0
  }
}
