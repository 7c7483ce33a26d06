import HostInventory
import JSONText

extension PoolPartition {
  /// Warnings about values of pfNames and rootDevices that select VFs which a PF of this host does not have.
  public var rangesBeyondFunctions: [ConfigProblem] {
    pools.flatMap { pool in
      pool.config.selectors.flatMap { selector in
        selector.pipeline.stages.filter { FunctionSet.keys.contains($0.key) }.flatMap { stage in
          stage.wanted.enumerated().compactMap { number, value in
            guard let reason = excess(of: value, stage.key) else { return nil }
            return ConfigProblem(
              .warning, file: pool.config.file, path: selector.path.key(stage.key)[number], reason: reason,
              line: selector.position?.line, column: selector.position?.column)
          }
        }
      }
    }
  }

  private func excess(of value: String, _ key: String) -> String? {
    guard let (name, functions, _) = try? FunctionSet.parse(value, at: .root), let highest = functions.highest,
      let parent = parent(called: name.lowercased()), let count = parent.virtualFunctions?.enabled, highest >= count
    else { return nil }
    let has =
      switch count {
      case 0: "has no VFs"
      case 1: "has 1 VF, number 0"
      default: "has \(count) VFs, numbers 0 to \(count - 1)"
      }
    return "\(value.quoted) asks for VF \(highest): \(name) \(has) on this host"
  }

  private func parent(called name: String) -> Device? {
    inventory.devices.first { device in
      device.physicalFunction == nil
        && (device.id == name || device.interfaces.contains { $0.name.lowercased() == name })
    }
  }
}
