extension Inventory {
  /// Returns this inventory with the devices of `before` whose files do not answer now; they exist, but their facts are
  /// old.
  ///
  /// A device that `before` lacks is left out, because its kind is unknown.
  public func keepingSilent(_ problems: [InventoryProblem], of before: Inventory) -> Inventory {
    var silences: [PCIAddress: InventoryProblem] = [:]
    for problem in problems where problem.isSilence {
      if let function = problem.function, silences[function] == nil { silences[function] = problem }
    }
    guard !silences.isEmpty else { return self }
    var kept: [Device] = []
    for device in before.devices where device.defect == nil {
      guard let address = device.pciAddress, let silence = silences[address] else { continue }
      var facts = device.facts
      facts.silence = "\(silence.path): \(silence.reason)"
      kept.append(Device(facts))
    }
    let ids = Set(kept.map(\.id))
    let all = Self.inOrder(kept + devices.filter { !ids.contains($0.id) }) { _ in }
    return Inventory(devices: all, nodes: nodes, others: others)
  }
}
