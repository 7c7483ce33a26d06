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
