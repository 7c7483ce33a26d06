import HostInventory

extension PreferenceQuestion {
  /// Chooses units of as few IOMMU groups as possible, because a group that one container has a part of is lost for all
  /// others. First are groups that the container has already, then groups that fit completely, the largest first, and
  /// last a part of the smallest remaining one.
  func wholeGroups() -> [Int] {
    let begun = Set(chosen.map(groupKey))
    var picked = free.filter { begun.contains(groupKey($0)) }.prefix(wanted).map { $0 }
    var groups: [GroupKey: [Int]] = [:]
    for position in free where !begun.contains(groupKey(position)) {
      groups[groupKey(position), default: []].append(position)
    }
    var left = groups.values.sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
    while picked.count < wanted, let index = left.firstIndex(where: { $0.count <= wanted - picked.count }) {
      picked += left.remove(at: index)
    }
    if picked.count < wanted, let smallest = left.last { picked += smallest.prefix(wanted - picked.count) }
    return chosen + picked
  }

  private enum GroupKey: Hashable {
    case group(Int)
    /// A unit that shares its group with no other, by its position.
    case alone(Int)
  }

  private func groupKey(_ position: Int) -> GroupKey {
    let group = pool.units[position].members.first?.device.sharedGroup
    return group.map { .group($0.number) } ?? .alone(position)
  }
}
