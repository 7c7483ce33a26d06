public import HostInventory

/// One entry of the device list that kubelet counts: e.g. a VF, `17` of a pool of two HCAs, `<id>::2`, or `urma_1` with
/// three nodes.
public struct Unit: Identifiable, Sendable, Equatable {
  /// The id that kubelet allocates.
  public let id: String
  /// The devices behind it; all devices of the pool for a shared pool, none when they are unknown.
  public var members: [Member]
  /// The health that kubelet gets.
  public var health: Health

  /// Creates a unit.
  public init(id: String, members: [Member], health: Health = .healthy) {
    self.id = id
    self.members = members
    self.health = health
  }

  /// A device and the selector object that took it.
  public struct Member: Sendable, Equatable {
    /// The device as of the inventory.
    public var device: Device
    /// The number of the selector object, from 0.
    public var selector: Int
    /// Creates a member.
    public init(device: Device, selector: Int) {
      self.device = device
      self.selector = selector
    }
  }

  /// The health that kubelet gets; an unhealthy unit has a reason for the log.
  public enum Health: Sendable, Hashable {
    /// kubelet may allocate the unit.
    case healthy
    /// kubelet must not allocate the unit.
    case unhealthy(reason: String)
  }

  /// The NUMA nodes of the devices, in ascending order.
  public var numaNodes: [Int] {
    guard members.count > 1 else { return members.first?.device.numaNode.map { [$0] } ?? [] }
    return Array(Set(members.compactMap(\.device.numaNode))).sorted()
  }
}
