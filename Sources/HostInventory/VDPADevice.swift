/// A vDPA device that a PCI function is the management device of.
///
/// Corresponds to generic netlink `vdpa` DEV_GET and `/sys/bus/vdpa/devices/<name>/driver`.
public struct VDPADevice: Sendable, Equatable {
  /// The driver that a vDPA device is bound to.
  public enum Kind: String, Sendable {
    case vhost, virtio
  }
  public let name: String
  /// Nil when no driver that this program knows is bound.
  public var kind: Kind?
  /// `/dev/vhost-vdpa-N`; only of kind vhost.
  public var path: String?

  public init(name: String, kind: Kind?, path: String? = nil) {
    self.name = name
    self.kind = kind
    self.path = path
  }
}

extension VDPADevice {
  /// The device that `link` names; nil when sysfs has none of that name.
  static func read(_ link: KernelFacts.VDPALink, by reader: InventoryReader) -> VDPADevice? {
    reader.value { () throws(HostInventoryError) in
      let devices = try SysfsDirectory(HostPath.vdpaDevices, in: reader.root, log: reader.log)
      guard !link.name.isEmpty, !link.name.contains("/"), link.name != ".", link.name != "..",
        let directory = try devices.directoryIfPresent(link.name)
      else { return nil }
      switch try directory.linkName("driver") {
      case "vhost_vdpa": return VDPADevice(name: link.name, kind: .vhost, path: try node(directory, reader))
      case "virtio_vdpa": return VDPADevice(name: link.name, kind: .virtio)
      default: return VDPADevice(name: link.name, kind: nil)
      }
    } ?? nil
  }

  /// The first child called `vhost-vdpa-N`, when `/dev` has a node of that name.
  private static func node(
    _ directory: borrowing SysfsDirectory, _ reader: InventoryReader
  ) throws(HostInventoryError) -> String? {
    guard let name = try directory.names(where: { $0.contains("vhost-vdpa") }).first else { return nil }
    let path = "\(HostPath.devices)/\(name)"
    guard reader.root.exists(path) else {
      throw .missing(path: path, expected: "the node of a vhost-vdpa device")
    }
    reader.log?.note(.node, path)
    return path
  }
}
