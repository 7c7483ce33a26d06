import HostInventory

extension SelectorKind {
  /// `ifNames`: functions by their netdev; of several below one function, only the first by name counts.
  static let ifNames = SelectorKind.list("ifNames", meaning: "Name of the function's first network interface.") {
    values, path, note in
    for (index, value) in values.enumerated() where !value.isEmpty {
      if let fault = InterfaceNames.fault(of: value, addressKey: nil) {
        note(SelectorValue.dead(value, path[index], fault))
      }
    }
    let wanted = WantedValues(values)
    return Selector(
      key: "ifNames", wanted: values, fact: .link, seen: { $0.interfaces.first?.name ?? "none" }
    ) { device in
      wanted.contains(device.interfaces.first?.name ?? "")
    }
  }
}
