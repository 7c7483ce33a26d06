import KubeletAPI

// The part of admission that needs no plugin.
extension NodeState {
  /// Begins a choice for a container of the pod; nil for a container of no pod.
  mutating func choose(
    _ request: ResourceRequest, numaNodes: Set<Int>?, podUID: String?
  ) throws(SimulatorError) -> DeviceChoice {
    guard let resource = resources[request.resource] else { throw .unknownResource(request.resource) }
    guard !resource.isStopped else { throw .stopped(resource: request.resource) }
    return try DeviceChoice(
      request, of: resource, inUse: inUse(request.resource), reusable: reusable(request.resource, in: podUID),
      numaNodes: numaNodes, random: &random)
  }

  /// Ends the choice, and keeps the devices from others until they are granted; nil when another pod has taken one of
  /// them while the plugin was asked.
  mutating func promise(_ choice: DeviceChoice, preferring preferred: [String]) -> Set<String>? {
    let reused = choice.chosen.subtracting(choice.available)
    var choice = choice
    choice.finish(preferring: preferred, &random)
    guard choice.chosen.subtracting(reused).isDisjoint(with: inUse(choice.resource)) else { return nil }
    promised[choice.resource, default: []].formUnion(choice.chosen)
    return choice.chosen
  }

  /// Gives promised devices to the container that is being admitted, the pod's last.
  mutating func grant(
    _ ids: Set<String>, of resource: String, _ answer: ContainerAllocateResponse, podUID: String
  ) {
    guard let last = pods[podUID]?.containers.indices.last else { return }
    let devices = ids.sorted().compactMap { resources[resource]?.devices[$0] }
    pods[podUID]?.containers[last].grants[resource] = Grant(ids: ids, devices: devices, answer: answer)
  }

  /// What the pod's init containers have had and none of its containers has yet.
  private func reusable(_ resource: String, in uid: String?) -> Set<String> {
    guard let uid, let admitted = pods[uid] else { return [] }
    let split = admitted.pod.initContainers.count
    func ids(_ containers: ArraySlice<AdmittedContainer>) -> Set<String> {
      containers.reduce(into: []) { $0.formUnion($1.grants[resource]?.ids ?? []) }
    }
    return ids(admitted.containers.prefix(split)).subtracting(ids(admitted.containers.dropFirst(split)))
  }
}
