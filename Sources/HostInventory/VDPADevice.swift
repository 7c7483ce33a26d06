/// A vDPA device that a PCI function is the management device of.
///
/// Corresponds to generic netlink `vdpa` DEV_GET and `/sys/bus/vdpa/devices/<name>/driver`.
public struct VDPADevice: Sendable, Equatable {
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
