import HostInventory

extension SelectorKind {
  /// `names`: UB devices by name; a value is a shell pattern such as `urma_*`.
  static let ubNames = SelectorKind.list("names", meaning: "Globs over the device's name.") { values, _, _ in
    let wanted = values.map { Glob($0) }
    return Selector(key: "names", wanted: values, seen: { $0.id }) { device in
      wanted.contains { $0.matches(device.id) }
    }
  }
}
