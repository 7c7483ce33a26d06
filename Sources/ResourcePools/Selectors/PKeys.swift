import HostInventory

extension SelectorKind {
  /// `pKeys`: the first partition key of an InfiniBand link, e.g. `0x8001`.
  ///
  /// Keys are compared as numbers: the kernel writes `0x%04x`, the SR-IOV plugin's documentation `0x1` and `0xABCD`.
  /// Only InfiniBand links have one: on Ethernet the file is there too and counts for nothing.
  static let pKeys = SelectorKind.list(
    "pKeys", meaning: "First partition key of an InfiniBand link, e.g. 0x8001."
  ) { values, path, note in
    var wanted: Set<UInt16> = []
    for (index, value) in values.enumerated() {
      if let key = number(value) {
        wanted.insert(key)
      } else {
        note(SelectorValue.dead(value, path[index], expectation(for: value)))
      }
    }
    return Selector(key: "pKeys", wanted: values, fact: .link, seen: { partitionKey(of: $0) ?? "none" }) {
      [wanted] device in
      partitionKey(of: device).flatMap(number).map(wanted.contains) ?? false
    }
  }

  private static func number(_ text: String) -> UInt16? {
    guard text.hasPrefix("0x") || text.hasPrefix("0X"), text.utf8.count > 2 else { return nil }
    let digits = text.utf8.dropFirst(2)
    guard digits.allSatisfy({ SelectorValue.isDigit($0) || (0x61...0x66).contains($0 | 0x20) }) else { return nil }
    return UInt16(text.dropFirst(2), radix: 16)
  }

  private static func expectation(for value: String) -> String {
    let form = "expected a partition key of 16 bits such as 0x8001"
    return value.utf8.count > 4 || number("0x\(value)") == nil ? form : "\(form); did you mean 0x\(value)?"
  }

  private static func partitionKey(of device: Device) -> String? {
    guard device.linkType == "infiniband", let key = device.rdma.first?.partitionKey, !key.isEmpty else { return nil }
    return key
  }
}
