import HostInventory

extension SelectorKind {
  /// `acpiIndexes`: firmware's index of the device; the empty string stands for devices that have none.
  static let acpiIndexes = SelectorKind.list(
    "acpiIndexes", meaning: "Firmware's index of the device; the empty string stands for devices that have none."
  ) { values, path, note in
    // The kernel prints it with `%u`.
    for (index, value) in values.enumerated() where !value.utf8.allSatisfy(SelectorValue.isDigit) {
      note(SelectorValue.dead(value, path[index], "expected the decimal number of acpi_index, such as 101"))
    }
    let wanted = WantedValues(values)
    return Selector(key: "acpiIndexes", wanted: values, seen: { $0.acpiIndex ?? "none" }) { device in
      wanted.contains(device.acpiIndex ?? "")
    }
  }
}
