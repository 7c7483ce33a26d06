import HostInventory

extension SelectorKind {
  /// `acpiIndexes`: firmware's index of the device; the empty string stands for devices that have none.
  static let acpiIndexes = SelectorKind.list(
    "acpiIndexes", meaning: "Firmware's index of the device; the empty string stands for devices that have none."
  ) { values, _, _ in
    let wanted = WantedValues(values)
    return Selector(key: "acpiIndexes", wanted: values, seen: { $0.acpiIndex ?? "none" }) { device in
      wanted.contains(device.acpiIndex ?? "")
    }
  }
}
