/// A netdev as sysfs shows it below a device, joined with what this network namespace says of it.
///
/// Corresponds to `/sys/class/net/<name>`, Documentation/ABI/testing/sysfs-class-net.
public struct NetInterface: Sendable, Equatable {
  public let name: String
  /// `ether`, `infiniband` …: the lower-case ARPHRD name; nil when neither kernel nor sysfs tells.
  public var linkType: String?
  public var isUp: Bool?
  /// Nil when the interface is down: the kernel then does not say.
  public var hasCarrier: Bool?
  /// `phys_switch_id` and `phys_port_name`, for representors.
  public var switchID: String?
  public var portName: String?
  /// The IPv4 default route leaves by this interface.
  public var carriesDefaultRoute: Bool

  public init(name: String, linkType: String? = nil) {
    self.name = name
    self.linkType = linkType
    self.carriesDefaultRoute = false
  }
}

extension NetInterface {
  /// The netdevs in `net` of a device, by name; empty when there is no such directory.
  static func read(below device: borrowing SysfsDirectory, by reader: InventoryReader) -> [NetInterface] {
    reader.value { () throws(HostInventoryError) in
      guard let directory = try device.directoryIfPresent("net") else { return [] }
      var interfaces: [NetInterface] = []
      for name in try directory.names() {
        var interface = NetInterface(name: name)
        if !reader.knowsLinks {
          do throws(HostInventoryError) { try interface.readState(directory) } catch { reader.report(error) }
        }
        interfaces.append(interface)
      }
      return interfaces
    } ?? []
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
