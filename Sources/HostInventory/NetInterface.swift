/// A netdev below a device in sysfs, with its facts from this network namespace.
///
/// Corresponds to `/sys/class/net/<name>`, Documentation/ABI/testing/sysfs-class-net.
public struct NetInterface: Sendable, Equatable {
  /// The interface name, e.g. `ens1f0v3`.
  public let name: String
  /// The lower-case ARPHRD name, e.g. `ether` or `infiniband`; nil when neither kernel nor sysfs reports it.
  public var linkType: String?
  /// Whether the interface is administratively up; nil when it is unknown.
  public var isUp: Bool?
  /// Whether the physical link is up; nil when the interface is down, because the kernel does not report it then.
  public var hasCarrier: Bool?
  /// The file `phys_switch_id`, by which the ports of one embedded switch are recognised; nil for other netdevs.
  public var switchID: String?
  /// The file `phys_port_name`, e.g. `p0` for an uplink or `pf0vf3` for a VF's representor.
  public var portName: String?
  /// The interface of a default route: this one, or one above it such as a bond or a bridge. Nil when no default route
  /// uses this interface.
  public var defaultRouteLink: String?

  /// Creates an interface without further facts.
  public init(name: String, linkType: String? = nil) {
    self.name = name
    self.linkType = linkType
  }
}

extension NetInterface {
  /// Whether a default route of this network namespace uses this interface, or one above it.
  public var carriesDefaultRoute: Bool { defaultRouteLink != nil }

  /// How the default route uses this interface, for messages; nil when none does.
  public var defaultRouteText: String? {
    defaultRouteLink.map { link in
      "the default route leaves by \(link)" + (link == name ? "" : ", which is above \(name)")
    }
  }

  /// The netdevs in `net` of a device, by name; nil when there is no such directory.
  static func read(below device: borrowing SysfsDirectory, by reader: InventoryReader) -> [NetInterface]? {
    reader.value { () throws(HostInventoryError) -> [NetInterface]? in
      guard let directory = try device.directoryIfPresent("net") else { return nil }
      var interfaces: [NetInterface] = []
      for name in try directory.names() {
        var interface = NetInterface(name: name)
        if !reader.knowsLinks {
          do throws(HostInventoryError) { try interface.readState(directory) } catch { reader.report(error) }
        }
        interfaces.append(interface)
      }
      return interfaces
    }
  }

  /// Type and state from sysfs, for a host whose links were not asked for by netlink.
  private mutating func readState(_ net: borrowing SysfsDirectory) throws(HostInventoryError) {
    guard let directory = try net.directoryIfPresent(name) else { return }
    if let type = try directory.integer("type") { linkType = Self.linkType(hardwareType: type) }
    if let flags = try directory.attribute("flags", "0x and hex digits", SysfsFile.hex) { isUp = flags & 1 != 0 }
    // EINVAL while the link is down.
    if isUp == true { hasCarrier = try directory.integer("carrier").map { $0 != 0 } }
  }

  /// `phys_switch_id` and `phys_port_name`; most drivers answer EOPNOTSUPP, which leaves them nil.
  mutating func readSwitchFacts(below device: borrowing SysfsDirectory) {
    func fact(_ file: String) -> String? {
      guard let text = try? device.text("net/\(name)/\(file)"), !text.isEmpty else { return nil }
      return text
    }
    switchID = fact("phys_switch_id")
    portName = fact("phys_port_name")
  }

  /// The lower-case ARPHRD name of include/uapi/linux/if_arp.h, for the types that PCI devices have.
  static func linkType(hardwareType: Int) -> String {
    switch hardwareType {
    case 1: "ether"
    case 24: "ieee1394"
    case 32: "infiniband"
    case 512: "ppp"
    case 772: "loopback"
    case 801: "ieee802.11"
    case 65534: "none"
    default: "unknown\(hardwareType)"
    }
  }
}
