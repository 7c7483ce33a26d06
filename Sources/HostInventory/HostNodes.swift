/// Which device nodes and tools of a fixed list exist on the host. Pools ask by constant, never by a path of their own.
public struct HostNodes: Sendable, Equatable {
  /// A host path that answers may name; the raw value is the path.
  public enum Node: String, Sendable, CaseIterable {
    /// The node for vhost-net, which `needVhostNet` hands out.
    case vhostNet = "/dev/vhost-net"
    /// The node for tap devices, handed out with vhost-net.
    case tun = "/dev/net/tun"
    /// The RDMA connection manager's node.
    case rdmaCM = "/dev/infiniband/rdma_cm"
    /// The iommufd node, for vfio cdevs.
    case iommu = "/dev/iommu"
    /// The node of the first Rebellions RSD group.
    case rsd0 = "/dev/rsd0"
    /// The node for translation ids of the UB memory management unit.
    case ummuTID = "/dev/ummu/tid"
    /// The tool rbln-stat, as installed by hand.
    case rblnStat = "/usr/local/bin/rbln-stat"
    /// The tool rbln-stat, as installed by a package.
    case rblnStatSystem = "/usr/bin/rbln-stat"
    /// The tool rbln-smi.
    case rblnSMI = "/usr/bin/rbln-smi"
  }
  /// The subsystem of these nodes' events. Nodes are looked up in every scan.
  static let subsystem = "misc"

  /// The nodes that exist.
  public var present: Set<Node>

  /// Creates the list of existing nodes.
  public init(present: Set<Node>) { self.present = present }

  /// Whether the host has the node; false for a node that was not looked for.
  public func has(_ node: Node) -> Bool { present.contains(node) }
}

extension HostNodes {
  /// Looks for the nodes in `wanted`.
  public static func read(_ wanted: some Sequence<Node>, from root: HostRoot) -> HostNodes {
    read(wanted, from: root, log: nil)
  }

  static func read(_ wanted: some Sequence<Node>, from root: HostRoot, log: AccessLog?) -> HostNodes {
    var present: Set<Node> = []
    for node in wanted where root.exists(node.rawValue) {
      log?.note(.node, node.rawValue)
      present.insert(node)
    }
    return HostNodes(present: present)
  }
}
