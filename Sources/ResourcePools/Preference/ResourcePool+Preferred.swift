import HostInventory

extension ResourcePool {
  /// Chooses `count` units for one container from `available`, those of `including` first.
  ///
  /// Equal requests get equal answers.
  ///
  /// - Returns: An empty list when no choice is better than another, or the request is impossible. kubelet then
  ///   chooses, whereas an error would fail the pod.
  public func preferred(from available: [String], including: [String], count: Int) -> [String] {
    guard hasPreference else { return [] }
    let chosen = positions(of: including)
    let free = positions(of: available).subtracting(chosen)
    guard chosen.count == Set(including).count, count > 0, chosen.count <= count, chosen.count + free.count >= count
    else { return [] }
    let question = PreferenceQuestion(pool: self, chosen: chosen.sorted(), free: free.sorted(), count: count)
    if config.preferenceIsImplied, question.numaCapacity == nil { return [] }
    let ordered: [Int]
    if sharesGroups { return question.wholeGroups().map { units[$0].id } }
    switch config.preferredAllocation {
    case .none: return []
    case .packed: ordered = question.packed()
    case .spread: ordered = question.spread()
    case .topology: ordered = question.nearest()
    }
    guard ordered.count == count else { return [] }
    return ordered.map { units[$0].id }
  }

  /// Returns why no units may be given although there are enough: the NPUs would be in several NUMA nodes, and the pool
  /// does not allow that. The answer to GetPreferredAllocation must then be an error, which fails the pod, as with the
  /// vendor's plugin.
  public func objection(to count: Int, from available: [String], including: [String]) -> AllocationError? {
    guard config.preferredAllocation == .topology, !config.allowCrossNuma, config.type.ownership == .claimed
    else { return nil }
    let chosen = positions(of: including)
    let free = positions(of: available).subtracting(chosen)
    guard count > 0, !(chosen.isEmpty && free.isEmpty) else { return nil }
    let question = PreferenceQuestion(pool: self, chosen: chosen.sorted(), free: free.sorted(), count: count)
    return question.liesApart ? .apart(count: count, pool: name) : nil
  }

  /// Whether kubelet should ask for a preference: the configuration has one, or some units share an IOMMU group, which
  /// only one container can have.
  public var hasPreference: Bool {
    config.type.ownership == .claimed && (config.preferredAllocation != .none || sharesGroups)
  }

  /// Whether two units are in one IOMMU group.
  private var sharesGroups: Bool {
    guard config.healthChecks.contains(.group) else { return false }
    var groups: Set<Int> = []
    return units.contains { unit in
      guard let group = unit.members.first?.device.sharedGroup else { return false }
      return !groups.insert(group.number).inserted
    }
  }

  /// Where these units stand in the pool; ids that it does not have are left out.
  private func positions(of ids: [String]) -> Set<Int> { Set(ids.compactMap { position(of: $0) }) }
}

/// One GetPreferredAllocation request, with units by their indexes in the pool.
struct PreferenceQuestion {
  let pool: ResourcePool
  /// The units that the container has already, ascending.
  let chosen: [Int]
  /// The units that it may get, ascending.
  let free: [Int]
  /// How many units it should have in total.
  let count: Int
  /// The order of ranks, which decides between equal choices.
  var precedes: ([Int], [Int]) -> Bool = { $0.lexicographicallyPrecedes($1) }

  /// How many units are still needed.
  var wanted: Int { count - chosen.count }

  /// What a unit shares with its siblings: the physical function, and the device itself with its replicas.
  func group(of position: Int) -> (parent: String, device: String) {
    guard let device = pool.units[position].members.first?.device else { return ("", pool.units[position].id) }
    return (device.physicalFunction?.address.description ?? device.id, device.id)
  }
}
