import HostInventory

extension Attachment {
  /// `ub`: the nodes of the device's paths and of its bonding device, and the node for translation ids.
  ///
  /// INFO has the kernel's names, the nodes' paths and the endpoint ids, each list in one text with commas between.
  static let unifiedBus = Attachment(name: "ub", nodes: { _, _ in [.ummuTID] }) { context throws(AllocationError) in
    guard let device = context.device.unifiedBus else { return nil }
    for name in device.kernelDevices where !isKernelName(name) {
      throw .missing(device: context.device.id, what: "'\(name)' is no name of a node below /dev/uburma")
    }
    let paths = device.kernelDevices.map { "/dev/uburma/\($0)" }
    guard !paths.isEmpty else { throw .missing(device: context.device.id, what: "it has no node below /dev/uburma") }
    var contribution = Contribution(
      info: ["devices": device.kernelDevices.joined(separator: ","), "mounts": paths.joined(separator: ",")],
      nodes: paths.map { DeviceNode($0) })
    let eids = device.eids.filter(isEID)
    if !eids.isEmpty { contribution.info["eids"] = eids.joined(separator: ",") }
    if context.nodes.has(.ummuTID) {
      contribution.info["tid-mount"] = HostNodes.Node.ummuTID.rawValue
      contribution.nodes.append(DeviceNode(HostNodes.Node.ummuTID.rawValue))
    }
    return contribution
  }

  /// Whether the engine's name is safe in a path: letters, digits, `_`, `-` and dots, at most 63, and no `..`.
  private static func isKernelName(_ name: String) -> Bool {
    (1...63).contains(name.utf8.count) && name != "." && name != ".."
      && name.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
        }
      }
  }

  /// Whether the text is an endpoint id: 16 bytes, written like an IPv6 address. Containers get no other text from the
  /// engine.
  private static func isEID(_ text: String) -> Bool {
    (1...63).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
        }
      }
  }
}
