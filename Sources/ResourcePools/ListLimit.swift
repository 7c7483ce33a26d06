/// The size of a ListAndWatch message. kubelet's gRPC client refuses one beyond 4 MiB (grpc-go's default), and the resource
/// would never appear on the node.
enum ListLimit {
  static let bytes = 4 << 20

  /// Replicas of each of these devices that fit, at least 1.
  static func replicas(of ids: [String], numaNodes: Int = 1) -> Int {
    let perReplica = ids.reduce(0) { $0 + entryBytes(idBytes: $1.utf8.count + replicaSuffix, numaNodes: numaNodes) }
    return perReplica == 0 ? .max : max(1, bytes / perReplica)
  }

  /// `::` and up to five digits.
  private static let replicaSuffix = 7

  /// An upper bound of one device's bytes in the message (api.proto, Device): its own tag and length, its id, the longer of
  /// the two healths, and a topology of so many nodes, each with tag, length, tag and a number below 128.
  private static func entryBytes(idBytes: Int, numaNodes: Int) -> Int {
    let topology = numaNodes == 0 ? 0 : 2 + 4 * numaNodes
    return 2 + (2 + idBytes) + (2 + "Unhealthy".utf8.count) + topology
  }
}

/// A pool with more ids than one list holds.
public struct ListExcess: Sendable, Equatable {
  /// The key of the configuration that asks for them.
  public let path: ConfigPath
  public let asked: Int
  /// The most that fits for the devices of this host.
  public let maximum: Int
  public let devices: Int

  public var reason: String {
    """
    found \(asked) for each of \(devices) devices, expected at most \(maximum): a longer list is larger than the 4 MiB that \
    kubelet reads; \(maximum) are offered
    """
  }
}
