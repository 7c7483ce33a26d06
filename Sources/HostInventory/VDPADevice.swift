/// A vDPA device of a PCI function, which is its management device.
///
/// Corresponds to VDPA_CMD_DEV_GET of generic netlink and `/sys/bus/vdpa/devices/<name>/driver`.
public struct VDPADevice: Sendable, Equatable {
  /// The driver that a vDPA device is bound to.
  public enum Kind: String, Sendable {
    /// `vhost_vdpa`: a process of the host uses it by a node.
    case vhost
    /// `virtio_vdpa`: the kernel uses it as a virtio device.
    case virtio
  }
  /// The name, e.g. `vdpa0`.
  public let name: String
  /// The bound driver; nil when it is none of these.
  public var kind: Kind?
  /// The node `/dev/vhost-vdpa-N`; nil unless the driver is vhost.
  public var path: String?

  /// Creates the facts of a vDPA device.
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
