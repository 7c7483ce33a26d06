import HostInventory

extension PreferenceQuestion {
  /// Chooses units that are as near to each other as possible: below one bridge, one root port, or one NUMA node.
  ///
  /// Returns nothing for NPUs that would be in several NUMA nodes if the pool does not allow that (`liesApart`).
  func nearest() -> [Int] {
    if !pool.config.allowCrossNuma, liesApart { return [] }
    let tree = TopologyTree(self)
    let part = tree.nearestPart(for: wanted, chosen: chosen.count, precedes: precedes)
    return chosen + tree.units(wanted, from: part).sorted()
  }

  /// Whether NPUs would be in several NUMA nodes although one node has enough of them, free or not.
  var liesApart: Bool {
    guard isOfNPUs, count <= numaCapacity ?? largestNUMANode else { return false }
    let nodes = TopologyTree(self).numaNodes
    // A container that uses several nodes already can't be moved to one.
    guard nodes.contains(where: { $0.chosen == chosen.count }) else { return false }
    return !nodes.contains { $0.chosen == chosen.count && $0.free >= wanted }
  }

  private var firstDevice: Device? { pool.units[(chosen + free)[0]].members.first?.device }

  private var isOfNPUs: Bool { firstDevice.map(RebellionsProduct.isNPU) ?? false }

  /// See `RebellionsProduct.numaCapacity`.
  var numaCapacity: Int? { firstDevice.flatMap(RebellionsProduct.numaCapacity) }

  /// The number of units in the NUMA node with the most of them, free or not.
  private var largestNUMANode: Int {
    var counts: [Int?: Int] = [:]
    for unit in pool.units { counts[unit.members.first?.device.numaNode, default: 0] += 1 }
    return counts.values.max() ?? 0
  }
}
