import HostInventory

/// Labels for node-feature-discovery: how many devices each pool has, and of which product.
///
/// The text is a feature file of its "local" source: one `name=value` on each line.
public struct FeatureLabels: Sendable {
  /// The file's contents, with a newline at the end; empty when no pool has a device.
  public let text: String

  /// Writes the labels of all pools that are in the configuration.
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
    // For a pool of several products, the value lists as many as fit.
    let joined = products.sorted().prefix(longest / 10).joined(separator: "_")
    return joined.isEmpty ? [count] : [count, "\(pool.name).product=\(joined)"]
  }

  /// The longest name after the slash, and the longest value, in characters.
  private static let longest = 63

  private static func isLabel(_ name: String) -> Bool { name.utf8.count <= longest }
}
