public import HostInventory

/// One entry of the list that kubelet counts: a VF; `17` over two HCAs; `<id>::2`; `urma_1` with three nodes.
public struct Unit: Identifiable, Sendable, Equatable {
  public let id: String
  public var members: [Member]
  public var health: Health

  public init(id: String, members: [Member], health: Health = .healthy) {
    self.id = id
    self.members = members
    self.health = health
  }

  /// A device and the selector object of the pool that took it.
  public struct Member: Sendable, Equatable {
    public var device: Device
    public var selector: Int
    public init(device: Device, selector: Int) {
      self.device = device
      self.selector = selector
    }
  }

  /// The health that kubelet receives; an unhealthy unit has a reason for the log.
  public enum Health: Sendable, Hashable {
    case healthy
    case unhealthy(reason: String)
  }

  /// NUMA nodes of the members, ascending, each once.
  public var numaNodes: [Int] {
    guard members.count > 1 else { return members.first?.device.numaNode.map { [$0] } ?? [] }
    return Array(Set(members.compactMap(\.device.numaNode))).sorted()
  }
}
