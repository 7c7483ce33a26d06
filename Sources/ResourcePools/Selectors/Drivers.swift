import HostInventory

extension SelectorKind {
  /// `drivers`: names of bound kernel drivers, such as `vfio-pci`; a subfunction has its parent's.
  static let drivers = SelectorKind.list(
    "drivers", meaning: "Name of the bound kernel driver, vfio-pci for instance; a subfunction has its parent's."
  ) { values, path, note in
    for (index, value) in values.enumerated() {
      if let fault = DriverNames.fault(of: value) { note(SelectorValue.warning(value, path[index], fault)) }
    }
    let wanted = WantedValues(values)
    return Selector(key: "drivers", wanted: values, fact: .driver, seen: { $0.driver ?? "none" }) { device in
      wanted.contains(device.driver ?? "")
    }
  }
}
