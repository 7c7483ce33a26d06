import HostInventory

@testable import ResourcePools

extension FuzzTarget {
  /// The configuration file, of all kinds: decoded, and its pools filled from a host that has every kind of device.
  static let config = FuzzTarget("config") { bytes in
    for strict in [false, true] {
      let defaults = ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: strict, node: .named("worker-1"))
      let (config, problems) = PluginConfig.decode(bytes, file: "config.json", defaults: defaults)
      let hasError = problems.contains { $0.severity == .error }
      try Finding.unless(hasError == (config == nil), "a configuration beside an error, or neither")
      for problem in problems {
        try Finding.unless(!problem.reason.isEmpty, "a problem without a reason at \(problem.path)")
        try Finding.unless((problem.line ?? 1) > 0 && (problem.column ?? 1) > 0, "no place: \(problem)")
      }
      if let config { try PoolCheck.pools(of: config, on: FuzzHost.inventory) }
    }
  }

  /// `pfNames` and `rootDevices`, held against a reading of the same grammar that counts the numbers one by one.
  static let functionSet = FuzzTarget("function-set") { bytes in
    let value = String(decoding: bytes, as: UTF8.self)
    guard let (name, functions, _) = try? FunctionSet.parse(value, at: .root) else { return }
    guard let hash = value.firstIndex(of: "#") else {
      try Finding.unless(name == value && functions.contains(nil) && functions.contains(0), "not all of \(value)")
      return
    }
    try Finding.unless(name == value[..<hash] && !functions.contains(nil), "the name of \(value)")
    let items = value[value.index(after: hash)...].split(separator: ",", omittingEmptySubsequences: false)
    for number in [Int.min, -1, 0, 1, 2, 3, 7, 8, 63, 64, 255, 4095, Int.max] {
      let wanted = items.contains { item in
        let bounds = item.split(separator: "-", omittingEmptySubsequences: false).compactMap { Int($0) }
        return (bounds.first ?? 1) <= number && number <= (bounds.last ?? 0)
      }
      try Finding.unless(functions.contains(number) == wanted, "\(number) in \(value)")
    }
    try Finding.unless(functions.isSubset(of: functions) && functions.isSubset(of: .all), "\(value) and itself")
  }
}
