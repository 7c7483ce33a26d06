import HostInventory

extension SelectorKind {
  /// `devices`: PCI device ids, such as `154c`.
  static let devices = SelectorKind.productIDs(key: "devices")

  /// The stage of `devices`, which shared pools call `deviceIDs`.
  static func productIDs(key: String) -> SelectorKind {
    SelectorKind.list(key, meaning: "PCI device id: four lower case hex digits.") { values, path, note in
      let wanted = HexIdentifiers.parse(values, of: .device, at: path, note: note)
      return Selector(key: key, wanted: values, seen: { HexIdentifiers.text($0.product) }) { device in
        wanted.contains(device.product)
      }
    }
  }
}
