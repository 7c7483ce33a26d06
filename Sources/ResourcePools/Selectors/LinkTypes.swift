import HostInventory

extension SelectorKind {
  /// `linkTypes`: the link's type, `ether` or `infiniband`: of the device's own netdev, else of its PF's.
  ///
  /// The empty string stands for devices of which neither is known.
  static let linkTypes = SelectorKind.list(
    "linkTypes", meaning: "Type of the device's link or its PF's: ether or infiniband."
  ) { values, path, note in
    for (index, value) in values.enumerated() where !known.contains(value) {
      let meant = meant(by: value).map { "did you mean \($0)?" } ?? "expected ether or infiniband"
      note(SelectorValue.dead(value, path[index], meant))
    }
    let wanted = WantedValues(values)
    return Selector(
      key: "linkTypes", wanted: values, fact: .link, seen: { $0.linkType.isEmpty ? "none" : $0.linkType }
    ) { device in
      wanted.contains(device.linkType)
    }
  }

  /// The link types of NICs; the kernel has more (`ARPHRD_*`). The empty string means an unknown type.
  private static let known: Set<String> = ["ether", "infiniband", ""]

  /// Words of other configurations, e.g. the SR-IOV network operator's `eth` and `IB`.
  private static func meant(by value: String) -> String? {
    let letters = value.lowercased().filter(\.isLetter)
    return switch letters {
    case "eth", "ether", "ethernet", "en", "roce", "rocev": "ether"
    case "ib", "infiniband", "ipoib", "infini", "inifiniband": "infiniband"
    default: NearestWord.of(["ether", "infiniband"], to: value)
    }
  }
}
