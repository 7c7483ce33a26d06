import KubeletAPI

/// Which devices a container gets: kubelet's algorithm, between whose steps the plugin is asked for its preference.
struct DeviceChoice {
  let resource: String
  let count: Int
  /// Healthy and not allocated.
  let available: Set<String>
  /// What is left to choose from: `aligned` when there are more of them than needed, else anything available.
  private let candidates: Set<String>
  /// Begins with what an init container of the pod has had.
  private(set) var chosen: Set<String>

  /// Throws when there are not enough devices.
  init(
    _ request: ResourceRequest, of resource: NodeState.Resource, inUse: Set<String>, reusable: Set<String>,
    numaNodes: Set<Int>?, random: inout SeededRandom
  ) throws(SimulatorError) {
    self.resource = request.resource
    count = request.count
    let healthy = resource.healthy
    let available = healthy.subtracting(inUse)
    let reused = Set(random.order(reusable.intersection(healthy)).prefix(request.count))
    guard reused.count + available.count >= request.count else {
      throw .notEnough(resource: request.resource, wanted: request.count, available: reused.count + available.count)
    }
    self.available = available
    chosen = reused
    let aligned = available.filter { id in
      numaNodes.map { !$0.isDisjoint(with: resource.devices[id]?.numaNodes ?? []) } ?? false
    }
    // If more are aligned than needed, the plugin chooses among them. Else all of them are taken, and it chooses the
    // rest.
    let isChoiceAligned = request.count - reused.count < aligned.count
    candidates = isChoiceAligned ? aligned : available
    if !isChoiceAligned { take(aligned, &random) }
  }

  var missing: Int { count - chosen.count }

  /// What the plugin is asked; nil when nothing is left to choose.
  var question: PreferredAllocationRequest.Container? {
    guard missing > 0 else { return nil }
    return .init(available: candidates.union(chosen).sorted(), mustInclude: chosen.sorted(), size: count)
  }

  /// Takes what is preferred as far as it can be had, and the rest at random.
  mutating func finish(preferring preferred: [String], _ random: inout SeededRandom) {
    take(candidates.intersection(preferred), &random)
    take(candidates, &random)
  }

  private mutating func take(_ ids: Set<String>, _ random: inout SeededRandom) {
    chosen.formUnion(random.order(ids.subtracting(chosen)).prefix(missing))
  }
}
