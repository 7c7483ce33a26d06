import HostInventory

/// Applies one entry of the configuration to the devices of one host.
struct PoolRules {
  let config: PoolConfig
  let nodes: HostNodes

  enum Verdict {
    case foreign
    /// All devices of this kind that can't be offered.
    case refused(Refusal)
    /// No selector object takes it: the stages that drop it, for each object.
    case dropped([[Refusal]])
    /// The selector object with this number takes it.
    case taken(Int)
  }

  /// The number of the first selector object that takes the device; nil when the pool does not take it.
  ///
  /// Every scan calls this for every device, so it builds no explanation.
  func selector(taking device: Device) -> Int? {
    guard config.type.admission(device, config, nodes) == .candidate else { return nil }
    return config.selectors.firstIndex { $0.pipeline.firstRefusal(of: device) == nil }
  }

  /// The same for a device that a pod has. Its netdev and RDMA device may be in the pod's network namespace, so stages
  /// that look at them are skipped.
  func selector(takingUnseen device: Device) -> Int? {
    guard config.type.admission(device, config, nodes) == .candidate else { return nil }
    return config.selectors.firstIndex {
      $0.pipeline.firstRefusal(of: device, judging: [.identity, .driver]) == nil
    }
  }

  func verdict(on device: Device) -> Verdict {
    switch config.type.admission(device, config, nodes) {
    case .foreign: return .foreign
    case .refused(let refusal): return .refused(refusal)
    case .candidate: break
    }
    if let taking = config.selectors.firstIndex(where: { $0.pipeline.firstRefusal(of: device) == nil }) {
      return .taken(taking)
    }
    return .dropped(objections(to: device))
  }

  /// The stages that drop a device, for each selector object; empty when one takes it.
  func objections(to device: Device) -> [[Refusal]] {
    config.selectors.map { object in
      object.pipeline.stages.filter { !$0.accepts(device) }.map { $0.refusal(of: device) }
    }
  }
}
