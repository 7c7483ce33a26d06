import HostInventory

extension SelectorKind {
  /// `linkTypes`: the link's type, `ether` or `infiniband`: of the device's own netdev, else of its PF's.
  ///
  /// The empty string stands for devices of which neither is known.
  static let linkTypes = SelectorKind.list(
    "linkTypes", meaning: "Type of the device's link or its PF's: ether or infiniband."
  ) { values, _, _ in
    let wanted = WantedValues(values)
    return Selector(
      key: "linkTypes", wanted: values, fact: .link, seen: { $0.linkType.isEmpty ? "none" : $0.linkType }
    ) { device in
      wanted.contains(device.linkType)
    }
  }
}
