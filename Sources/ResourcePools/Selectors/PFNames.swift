import HostInventory

extension SelectorKind {
  /// `pfNames`: virtual functions and subfunctions of the named physical functions, or only some of them.
  ///
  /// A value is `name` or `name#functions`, where functions is a list of numbers and inclusive ranges, separated by
  /// commas: `ens1f0#0,2-5`. Only the first value with a PF counts, as in the SR-IOV network device plugin; later ones
  /// cause a warning. Case does not matter in names. A device without a PF, or whose PF has no netdev here, is never
  /// selected.
  static let pfNames = SelectorKind.list(
    "pfNames",
    meaning: "Functions of the named PF, all or by number: ens1f0#0,2-5. If two values name one PF, the first counts."
  ) { values, path, note throws(ConfigProblem) in
    let wanted = try FunctionSet.byParent(values, at: path, note: note) { $0.lowercased() }
    for (index, value) in values.enumerated() {
      let name = String(value.prefix { $0 != "#" })
      if let fault = InterfaceNames.fault(of: name, addressKey: "rootDevices") {
        note(SelectorValue.dead(value, path[index], fault))
      }
    }
    return Selector(
      key: "pfNames", wanted: values, seen: { describe($0.physicalFunction) },
      counting: { FunctionSet.counting(values, for: $0.physicalFunction?.name) }
    ) { device in
      guard let pf = device.physicalFunction, !pf.name.isEmpty, let functions = wanted[pf.name.lowercased()]
      else { return false }
      return functions.contains(pf.functionIndex)
    }
  }

  private static func describe(_ pf: PhysicalFunction?) -> String {
    guard let pf else { return "no PF" }
    let name = pf.name.isEmpty ? "a PF without netdev" : pf.name
    return pf.functionIndex.map { "\(name)#\($0)" } ?? name
  }
}
