import HostInventory

/// What a node has, as labels in the form of node-feature-discovery's local files: how many devices each pool has, and of
/// which product.
///
/// Corresponds to "Local" in node-feature-discovery's feature sources: one `name=value` a line.
public struct FeatureLabels: Sendable {
  /// Ends with a newline; empty where no pool has a device.
  public let text: String

  public init(_ partition: PoolPartition) {
    text = partition.pools.filter { !$0.config.isRetired }.flatMap(Self.lines).map { $0 + "\n" }.joined()
  }

  private static func lines(_ pool: ResourcePool) -> [String] {
    var devices: [String: Device] = [:]
    for unit in pool.units { for member in unit.members { devices[member.device.id] = member.device } }
    guard !devices.isEmpty, isLabel("\(pool.name.name).product") else { return [] }
    let products = Set(
      devices.values.filter { $0.pciAddress != nil }.map {
        "\(HexIdentifiers.text($0.vendor))-\(HexIdentifiers.text($0.product))"
      })
    let count = "\(pool.name).count=\(devices.count)"
    // The label names only as many products as fit into its value.
    let joined = products.sorted().prefix(longest / 10).joined(separator: "_")
    return joined.isEmpty ? [count] : [count, "\(pool.name).product=\(joined)"]
  }

  /// The longest name after the slash, and the longest value, in characters.
  private static let longest = 63

  private static func isLabel(_ name: String) -> Bool { name.utf8.count <= longest }
}
