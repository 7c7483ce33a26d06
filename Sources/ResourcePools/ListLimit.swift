/// The size of a ListAndWatch message. kubelet's gRPC client refuses more than 4 MiB (the default of grpc-go), and the
/// resource would never appear on the node.
enum ListLimit {
  static let bytes = 4 << 20

  /// The number of replicas of each of these devices that fit, at least 1.
  static func replicas(of ids: [String], numaNodes: Int = 1) -> Int {
    let perReplica = ids.reduce(0) { $0 + entryBytes(idBytes: $1.utf8.count + replicaSuffix, numaNodes: numaNodes) }
    return perReplica == 0 ? .max : max(1, bytes / perReplica)
  }

  /// `::` and up to five digits.
  private static let replicaSuffix = 7

  /// An upper bound for the bytes of one device in the message (api.proto, Device): its tag and length, its id, the
  /// longer of the two healths, and a topology with this many nodes, each of which has a tag, a length, a tag and a
  /// number below 128.
  private static func entryBytes(idBytes: Int, numaNodes: Int) -> Int {
    let topology = numaNodes == 0 ? 0 : 2 + 4 * numaNodes
    return 2 + (2 + idBytes) + (2 + "Unhealthy".utf8.count) + topology
  }
}

/// A pool with more units than one device list can have.
public struct ListExcess: Sendable, Equatable {
  /// The key of the configuration that requests them.
  public let path: ConfigPath
  /// The number of units for each device that the configuration requests.
  public let asked: Int
  /// The largest number that fits for the devices of this host.
  public let maximum: Int
  /// The number of devices in the pool.
  public let devices: Int

  /// What is wrong and what the pool offers instead.
  public var reason: String {
    """
    found \(asked) for each of \(devices) devices, expected at most \(maximum): a longer list is larger than the 4 MiB that \
    kubelet reads; \(maximum) are offered
    """
  }
}
