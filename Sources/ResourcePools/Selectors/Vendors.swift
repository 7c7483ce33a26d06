import HostInventory

extension SelectorKind {
  /// `vendors`: PCI vendor ids, such as `8086`.
  static let vendors = SelectorKind.list("vendors", meaning: "PCI vendor id: four lower case hex digits.") {
    values, path, note in
    let wanted = HexIdentifiers.parse(values, of: .vendor, at: path, note: note)
    return Selector(key: "vendors", wanted: values, seen: { HexIdentifiers.text($0.vendor) }) { device in
      wanted.contains(device.vendor)
    }
  }
}
