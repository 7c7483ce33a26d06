import HostInventory

/// Which IOMMU groups containers have. A group belongs to one container: opening it gives access to all its functions.
struct GroupUses {
  /// By group number: ids of its devices that containers have.
  private var holders: [Int: Set<String>] = [:]

  /// `devices` are ids of devices that containers have.
  init(_ devices: some Sequence<String>, on inventory: Inventory) {
    for id in devices {
      guard let device = inventory[id], let group = device.sharedGroup else { continue }
      holders[group.number, default: []].insert(id)
    }
  }

  /// Why the device cannot go to another container: one has its group already by a sibling. Nil for the devices that
  /// this container has.
  func obstacle(to device: Device) -> String? {
    guard !holders.isEmpty, let group = device.sharedGroup, let holders = holders[group.number],
      !holders.contains(device.id), let first = holders.min()
    else { return nil }
    return "IOMMU group \(group.number) is in use by \(first)"
  }
}

/// An IOMMU group that a unit shares with other functions.
public struct SharedGroup: Sendable, Equatable {
  public let unit: String
  public let number: Int
  /// Addresses of the other functions.
  public let mates: [String]
}

extension ResourcePool {
  /// Whether one of these units is handed out by a group with others in it.
  public func sharesGroups(_ ids: [String]) -> Bool {
    config.healthChecks.contains(.group)
      && ids.contains { self[$0]?.members.contains { $0.device.sharedGroup != nil } == true }
  }

  /// The groups of those of these units that are handed out by a group with others in it.
  public func sharedGroups(of ids: [String]) -> [SharedGroup] {
    guard config.healthChecks.contains(.group) else { return [] }
    return ids.compactMap { id in
      self[id]?.members.lazy.compactMap(\.device.sharedGroup).first.map { group in
        SharedGroup(unit: id, number: group.number, mates: group.others.map { "\($0.address)" })
      }
    }
  }
}

extension Device {
  /// The IOMMU group, where the device is handed out by it and others are in it; groups without an IOMMU isolate nothing
  /// anyway.
  var sharedGroup: IOMMUGroup? {
    guard isBoundToVFIO, let group = iommuGroup, !group.isNoIOMMU, !group.others.isEmpty else { return nil }
    return group
  }
}
