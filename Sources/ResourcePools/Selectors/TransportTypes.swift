import HostInventory

extension SelectorKind {
  /// `transportTypes`: the kernel's number or its name: 0 `ub`, 1 `ib`, 2 `ip`, 5 `hns_ub`.
  ///
  /// A device whose type is unknown is not selected.
  static let transportTypes = SelectorKind.list("transportTypes", meaning: "URMA transport of the device.") {
    values, path, note in
    var wanted: Set<Int> = []
    for (index, value) in values.enumerated() {
      if let number = transportNumbers[value.lowercased()] ?? Int(value) {
        wanted.insert(number)
      } else {
        note(
          ConfigProblem(
            .warning, path: path[index],
            reason: "\(value.quoted) matches no device: expected a number, ub, ib, ip or hns_ub"))
      }
    }
    return Selector(
      key: "transportTypes", wanted: values, seen: { $0.unifiedBus?.transportType.map(String.init) ?? "none" }
    ) { [wanted] device in
      device.unifiedBus?.transportType.map(wanted.contains) ?? false
    }
  }

  private static let transportNumbers = ["ub": 0, "ib": 1, "ip": 2, "hns_ub": 5]
}
