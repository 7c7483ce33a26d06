import HostInventory

/// The IOMMU groups that containers have. A group belongs to one container, because opening it gives access to all its
/// functions.
struct GroupUses {
  /// The ids of the devices by which containers have each group.
  private var holders: [Int: Set<String>] = [:]

  /// `devices` are ids of devices that containers have.
  init(_ devices: some Sequence<String>, on inventory: Inventory) {
    for id in devices {
      guard let device = inventory[id], let group = device.sharedGroup else { continue }
      holders[group.number, default: []].insert(id)
    }
  }

  /// Why another container can't get the device: a container has its group already by another device. nil for devices
  /// that this container has.
  func obstacle(to device: Device) -> String? {
    guard !holders.isEmpty, let group = device.sharedGroup, let holders = holders[group.number],
      !holders.contains(device.id), let first = holders.min()
    else { return nil }
    return "IOMMU group \(group.number) is in use by \(first)"
  }
}

/// An IOMMU group that a unit shares with other functions.
public struct SharedGroup: Sendable, Equatable {
  /// The unit's id.
  public let unit: String
  /// The group's number.
  public let number: Int
  /// Addresses of the other functions.
  public let mates: [String]
}

extension ResourcePool {
  /// Whether one of these units is handed out by an IOMMU group with other functions in it.
  public func sharesGroups(_ ids: [String]) -> Bool {
    config.healthChecks.contains(.group)
      && ids.contains { self[$0]?.members.contains { $0.device.sharedGroup != nil } == true }
  }

  /// The groups of these units that have other functions in them.
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
  /// The IOMMU group, if containers get the device by it and it has other functions; nil for groups without an IOMMU,
  /// which isolate nothing.
  var sharedGroup: IOMMUGroup? {
    guard isBoundToVFIO, let group = iommuGroup, !group.isNoIOMMU, !group.others.isEmpty else { return nil }
    return group
  }
}
