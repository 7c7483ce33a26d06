/// Which of the host paths that answers may name are there now.
///
/// A fixed list, looked up together: pools ask by constant, never by a path of their own.
public struct HostNodes: Sendable, Equatable {
  /// A host path that answers may name; the raw value is the path.
  public enum Node: String, Sendable, CaseIterable {
    case vhostNet = "/dev/vhost-net"
    case tun = "/dev/net/tun"
    case rdmaCM = "/dev/infiniband/rdma_cm"
    case iommu = "/dev/iommu"
    case rsd0 = "/dev/rsd0"
    case ummuTID = "/dev/ummu/tid"
    case rblnStat = "/usr/local/bin/rbln-stat"
    case rblnStatSystem = "/usr/bin/rbln-stat"
    case rblnSMI = "/usr/bin/rbln-smi"
  }
  public var present: Set<Node>

  public init(present: Set<Node>) { self.present = present }

  /// Whether the host has the node; false for a node that was not looked up.
  public func has(_ node: Node) -> Bool { present.contains(node) }
}

extension HostNodes {
  /// The nodes among `wanted` that exist now.
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
