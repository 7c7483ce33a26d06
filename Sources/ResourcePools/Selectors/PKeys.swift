import HostInventory

extension SelectorKind {
  /// `pKeys`: the first entry of the InfiniBand partition table, as sysfs writes it: `0x8001`.
  ///
  /// Only InfiniBand links have one: on Ethernet the file is there too and counts for nothing.
  static let pKeys = SelectorKind.list(
    "pKeys", meaning: "First entry of the partition table of an InfiniBand link: 0x8001."
  ) { values, _, _ in
    let wanted = WantedValues(values)
    return Selector(key: "pKeys", wanted: values, fact: .link, seen: { partitionKey(of: $0) ?? "none" }) { device in
      partitionKey(of: device).map(wanted.contains) ?? false
    }
  }

  private static func partitionKey(of device: Device) -> String? {
    guard device.linkType == "infiniband", let key = device.rdma.first?.partitionKey, !key.isEmpty else { return nil }
    return key
  }
}
