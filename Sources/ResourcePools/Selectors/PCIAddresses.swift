import HostInventory

extension SelectorKind {
  /// `pciAddresses`: functions by address, spelled as the kernel does, e.g. `0000:3b:02.0`.
  static let pciAddresses = SelectorKind.list(
    "pciAddresses", meaning: "PCI address as the kernel spells it, e.g. 0000:3b:02.0."
  ) { values, path, note in
    var wanted: Set<PCIAddress> = []
    for (index, value) in values.enumerated() {
      if let address = PCIAddress(value) {
        wanted.insert(address)
      } else {
        note(SelectorValue.dead(value, path[index], PCIAddressText.expectation(for: value)))
      }
    }
    return Selector(key: "pciAddresses", wanted: values, seen: { $0.id }) { [wanted] device in
      device.pciAddress.map(wanted.contains) ?? false
    }
  }
}
