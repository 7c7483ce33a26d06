import ResourcePools
import Synchronization

/// IOMMU groups that containers got a moment ago, which kubelet does not list yet.
final class GroupLeases: Sendable {
  private struct Lease {
    /// The ids of the devices by which the container got the group.
    let devices: Set<String>
    let since: ContinuousClock.Instant
  }
  private let leases = Mutex<[Int: Lease]>([:])

  /// kubelet lists a pod's devices within this time after Allocate: it takes milliseconds, and longer on a busy node.
  static let grace = Duration.seconds(5)

  /// Notes that one container gets the units `ids`. `inUse` are ids of units that kubelet lists.
  ///
  /// - Throws: When another container got a group of theirs by another device. Replicas of one device may be in several
  ///   containers.
  func take(
    _ ids: [String], of pool: ResourcePool, inUse: Set<String>, at now: ContinuousClock.Instant
  ) throws(AllocationError) {
    let own = Set(ids.map(UnitID.device(of:)))
    let held = Set(inUse.map(UnitID.device(of:))).subtracting(own)
    let groups = pool.sharedGroups(of: ids)
    try leases.withLock { (leases) throws(AllocationError) in
      for group in groups {
        var holder = group.mates.first { held.contains($0) }
        if let lease = leases[group.number], lease.devices.isDisjoint(with: own),
          now - lease.since < Self.grace || !lease.devices.isDisjoint(with: held)
        {
          holder = holder ?? lease.devices.min()
        }
        guard let holder else { continue }
        throw .unhealthyUnit(
          id: group.unit, pool: pool.name, reason: "IOMMU group \(group.number) is in use by \(holder)")
      }
      for group in groups { leases[group.number] = Lease(devices: own, since: now) }
    }
  }
}
