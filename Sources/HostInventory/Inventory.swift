/// One snapshot of the host: every device once, in address order.
public struct Inventory: Sendable, Equatable {
  /// PCI functions by address, then auxiliary devices and UB devices by name.
  public let devices: [Device]
  public let nodes: HostNodes
  private let indexByID: [String: Int]

  public init(devices: [Device], nodes: HostNodes) {
    self.devices = devices
    self.nodes = nodes
    var index: [String: Int] = [:]
    index.reserveCapacity(devices.count)
    for (position, device) in devices.enumerated() { index[device.id] = position }
    indexByID = index
  }

  /// Nil when this host has no such device.
  public subscript(id: String) -> Device? {
    indexByID[id].map { devices[$0] }
  }
}
