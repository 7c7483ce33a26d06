import HostInventory

extension SelectorKind {
  /// `rootDevices`: as `pfNames`, with the physical function's address in place of its name: `0000:3b:00.0#0-3`.
  static let rootDevices = SelectorKind.list(
    "rootDevices", meaning: "As pfNames, but with the PF's PCI address: 0000:3b:00.0#0-3."
  ) { values, path, note throws(ConfigProblem) in
    let wanted = try FunctionSet.byParent(values, at: path, note: note) { $0.lowercased() }
    for (index, value) in values.enumerated() where address(in: value) == nil {
      note(SelectorValue.dead(value, path[index], PCIAddressText.rootExpectation(for: value)))
    }
    return Selector(
      key: "rootDevices", wanted: values, seen: { describe($0.physicalFunction) },
      counting: { FunctionSet.counting(values, for: $0.physicalFunction?.address.description) }
    ) { device in
      guard let pf = device.physicalFunction, let functions = wanted[pf.address.description] else { return false }
      return functions.contains(pf.functionIndex)
    }
  }

  private static func address(in value: String) -> PCIAddress? {
    PCIAddress(value.prefix { $0 != "#" }.lowercased())
  }

  private static func describe(_ pf: PhysicalFunction?) -> String {
    guard let pf else { return "no PF" }
    return pf.functionIndex.map { "\(pf.address)#\($0)" } ?? "\(pf.address)"
  }
}
