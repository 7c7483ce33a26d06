import CNetlink

/// One vDPA device and the management device that created it.
public struct VDPAFact: Sendable, Equatable {
  /// The name, e.g. `vdpa0` (VDPA_ATTR_DEV_NAME).
  public let name: String
  /// The bus of the management device, e.g. `pci`; empty when it has none, as the simulator's.
  public let parentBus: String
  /// The name of the management device, e.g. `0000:24:00.0`.
  public let parent: String

  init(name: String, parentBus: String, parent: String) {
    self.name = name
    self.parentBus = parentBus
    self.parent = parent
  }
}

/// Requests to the generic netlink family vdpa.
public enum VDPA {
  /// Lists the vDPA devices of this host. Corresponds to a dump of VDPA_CMD_DEV_GET.
  ///
  /// - Returns: nil when this kernel has no vDPA.
  public static func devices(limit: Duration) throws(NetlinkError) -> [VDPAFact]? {
    try devices(on: KernelSocket(.generic), limit: limit)
  }

  /// Lists the vDPA devices by an open socket; nil when this kernel has no vDPA.
  static func devices(on socket: any NetlinkSocket, limit: Duration) throws(NetlinkError) -> [VDPAFact]? {
    guard
      let family = try GenericNetlinkFamily.resolve(
        VDPA_GENL_NAME, version: UInt8(VDPA_GENL_VERSION), on: socket, within: limit)
    else { return nil }
    let message = try MessageBuilder(
      "VDPA_CMD_DEV_GET", .dump, family: family, command: Int(VDPA_CMD_DEV_GET.rawValue))
    var devices: [VDPAFact] = []
    for answer in try socket.exchange(message.request(), within: limit) {
      let attributes = try GenericNetlinkMessage(answer, of: "VDPA_CMD_DEV_NEW").attributes
      guard
        let name = attributes.string(Int(VDPA_ATTR_DEV_NAME.rawValue)),
        let parent = attributes.string(Int(VDPA_ATTR_MGMTDEV_DEV_NAME.rawValue))
      else { throw .malformed(message: "VDPA_CMD_DEV_NEW", reason: "no device or management device name") }
      let bus = attributes.string(Int(VDPA_ATTR_MGMTDEV_BUS_NAME.rawValue)) ?? ""
      devices.append(VDPAFact(name: name, parentBus: bus, parent: parent))
    }
    return devices
  }
}
