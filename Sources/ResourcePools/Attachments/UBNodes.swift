import HostInventory

extension Attachment {
  /// `ub`: the nodes of the device's paths and of its bonding device, and the node for translation ids.
  static let unifiedBus = Attachment(name: "ub", nodes: { _, _ in [.ummuTID] }) { context throws(AllocationError) in
    guard let device = context.device.unifiedBus else { return nil }
    var nodes: [DeviceNode] = []
    for name in device.kernelDevices {
      guard isKernelName(name) else {
        throw .missing(device: context.device.id, what: "'\(name)' is no name of a node below /dev/uburma")
      }
      nodes.append(DeviceNode("/dev/uburma/\(name)"))
    }
    guard !nodes.isEmpty else { throw .missing(device: context.device.id, what: "it has no node below /dev/uburma") }
    if context.nodes.has(.ummuTID) { nodes.append(DeviceNode(HostNodes.Node.ummuTID.rawValue)) }
    return Contribution(nodes: nodes)
  }

  /// What the engine says ends up in a path: letters, digits, `_`, `-` and dots, at most 63, and no step upwards.
  private static func isKernelName(_ name: String) -> Bool {
    (1...63).contains(name.utf8.count) && name != "." && name != ".."
      && name.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
        }
      }
  }
}
