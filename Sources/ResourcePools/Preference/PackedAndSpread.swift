import HostInventory

extension PreferenceQuestion {
  /// Chooses units of PFs that are in use before unused ones, the fullest first, so that large groups stay free.
  func packed() -> [Int] {
    let load = GroupLoad(self)
    let keys = free.map { position -> [Int] in
      let (parent, device) = group(of: position)
      return load.parents[parent].packingKey + load.devices[device].packingKey + [position]
    }
    return chosen + keys.sorted(by: precedes).prefix(wanted).compactMap(\.last)
  }

  /// Chooses each unit from the least used PF, so that load and failures are spread.
  func spread() -> [Int] {
    let load = GroupLoad(self)
    // A group's first free unit has its turn when the group's present users have had theirs, its second one turn
    // later, and so on: taking turns is then sorting.
    let inParent = turns(of: free, by: { group(of: $0).device }, load: load.devices)
    let ordered = turns(of: inParent, by: { group(of: $0).parent }, load: load.parents)
    return chosen + ordered.prefix(wanted)
  }

  private func turns(of positions: [Int], by key: (Int) -> String, load: [String: GroupLoad.Count]) -> [Int] {
    var taken: [String: Int] = [:]
    let turns = positions.map { position -> [Int] in
      let name = key(position)
      let count = load[name].orNone
      let before = taken[name, default: 0]
      taken[name] = before + 1
      return [count.used + before, before - count.free, count.order, before, position]
    }
    return turns.sorted(by: precedes).compactMap(\.last)
  }
}

/// Counts the units of each PF and of each device, in use and free.
struct GroupLoad {
  struct Count {
    /// Units that containers have, including this one.
    var used = 0
    var free = 0
    /// The place of its first unit.
    var order = 0
  }
  private(set) var parents: [String: Count] = [:]
  private(set) var devices: [String: Count] = [:]

  init(_ question: PreferenceQuestion) {
    let free = Set(question.free)
    for (position, unit) in question.pool.units.enumerated() {
      let (parent, device) = question.group(of: position)
      // A healthy unit that kubelet does not offer is in use.
      let isUsed = !free.contains(position) && unit.health == .healthy
      for (path, name) in [(\Self.parents, parent), (\Self.devices, device)] {
        var count = self[keyPath: path][name] ?? Count(order: position)
        count.used += isUsed ? 1 : 0
        count.free += free.contains(position) ? 1 : 0
        self[keyPath: path][name] = count
      }
    }
  }
}

extension GroupLoad.Count? {
  fileprivate var orNone: GroupLoad.Count { self ?? GroupLoad.Count() }

  /// Groups in use first, then those with the fewest free units.
  fileprivate var packingKey: [Int] { [orNone.used > 0 ? 0 : 1, orNone.free, orNone.order] }
}
