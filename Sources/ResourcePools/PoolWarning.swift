import HostInventory

/// Something about a pool's devices that an operator should know before pods get them.
public struct PoolWarning: Sendable, Hashable, CustomStringConvertible {
  /// What the warning is about.
  public enum Kind: Sendable, Hashable, CaseIterable {
    /// The pool offers the node's own network.
    case uplink
    /// Devices share an IOMMU group.
    case group
    /// A device has no network interface here.
    case interface
  }

  /// What the warning is about.
  public let kind: Kind
  /// The pool's resource name.
  public let pool: ResourceName
  /// Ids of the devices, in inventory order.
  public let devices: [String]
  /// What is wrong and what to do.
  public let text: String

  public var description: String { "\(pool): \(text)" }
}

extension PoolPartition {
  /// The warnings of all pools, in configuration order.
  public var warnings: [PoolWarning] {
    pools.filter { $0.config.type.ownership == .claimed && !$0.config.isRetired }.flatMap { pool in
      uplinks(of: pool) + groups(of: pool) + lostInterfaces(of: pool)
    }
  }

  private func uplinks(of pool: ResourcePool) -> [PoolWarning] {
    guard pool.config.type.mayTakeUplink else { return [] }
    return pool.devices.compactMap { device in
      guard let route = device.defaultRouteText else { return nil }
      return PoolWarning(
        kind: .uplink, pool: pool.name, devices: [device.id],
        text: "\(device.id) is the node's own network: \(route); a pod that gets it takes the node off the network; "
          + "excludeDefaultRoute leaves it out")
    }
  }

  private func groups(of pool: ResourcePool) -> [PoolWarning] {
    guard pool.config.healthChecks.contains(.group) else { return [] }
    let sharing = pool.devices.filter { $0.sharedGroup != nil }
    let byGroup = Dictionary(grouping: sharing) { $0.iommuGroup?.number ?? 0 }
    return byGroup.sorted { $0.key < $1.key }.compactMap { number, devices in
      let ids = devices.map(\.id)
      let mates = devices[0].iommuGroup?.others.map { "\($0.address)" } ?? []
      let members = Set(ids).union(mates.filter { inventory[$0]?.isBoundToVFIO == true }).sorted()
      var words: [String] = []
      if members.count > 1 {
        words.append(
          "\(members.joined(separator: ", ")) share IOMMU group \(number), so that only one container can use them")
      }
      if let obstacle = devices[0].sharedGroup?.obstacle {
        words.append("\(obstacle), so that no container can use it")
      }
      guard !words.isEmpty else { return nil }
      return PoolWarning(kind: .group, pool: pool.name, devices: ids, text: words.joined(separator: "; "))
    }
  }

  private func lostInterfaces(of pool: ResourcePool) -> [PoolWarning] {
    guard pool.config.healthChecks.contains(.interface) else { return [] }
    let devices = pool.devices.filter(\.hasLostInterface).map(\.id)
    guard !devices.isEmpty else { return [] }
    return [
      PoolWarning(
        kind: .interface, pool: pool.name, devices: devices,
        text: "no network interface of \(devices.joined(separator: ", ")) is here: Unhealthy unless a pod has it")
    ]
  }
}

extension ResourcePool {
  /// Each device of the pool once.
  fileprivate var devices: [Device] {
    var seen: Set<String> = []
    return units.flatMap(\.members).map(\.device).filter { seen.insert($0.id).inserted }
  }
}
