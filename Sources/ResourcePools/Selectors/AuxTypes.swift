import HostInventory

extension SelectorKind {
  /// `auxTypes`: the middle part of an auxiliary device's name: `sf` of `mlx5_core.sf.4`.
  static let auxTypes = SelectorKind.list(
    "auxTypes", presence: .required, meaning: "Kind of auxiliary device: sf, a subfunction, is the only one."
  ) { values, path, _ throws(ConfigProblem) in
    for (index, value) in values.enumerated() where value != "sf" {
      throw ConfigProblem(.error, path: path[index], reason: "\(value.quoted) is not an auxiliary type: expected sf")
    }
    let wanted = WantedValues(values)
    return Selector(key: "auxTypes", wanted: values, seen: { auxiliaryType(of: $0) ?? "none" }) { device in
      auxiliaryType(of: device).map(wanted.contains) ?? false
    }
  }

  private static func auxiliaryType(of device: Device) -> String? {
    if case .auxiliary(let auxiliary) = device.bus { auxiliary.type } else { nil }
  }
}
