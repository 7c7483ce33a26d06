public import KubeletAPI

// Admission of pods, as kubelet's device manager does it.
extension KubeletSimulator {
  /// Admits a pod as kubelet does: it gives devices to container after container, resource after resource, and writes
  /// the checkpoint.
  ///
  /// - Returns: What the containers get, init containers first.
  /// - Throws: When a container can't get its devices; the pod then gets none.
  public func admit(_ pod: Pod) async throws(SimulatorError) -> [ContainerView] {
    let isNew = change { state in
      guard state.pods[pod.uid] == nil else { return false }
      state.pods[pod.uid] = AdmittedPod(pod: pod)
      return true
    }
    guard isNew else { throw .podExists(pod.uid) }
    do throws(SimulatorError) {
      for container in pod.initContainers + pod.containers { try await admit(container, of: pod) }
      try writeCheckpoint()
    } catch {
      change { $0.pods[pod.uid] = nil }
      throw error
    }
    return withState { $0.pods[pod.uid]?.containers ?? [] }.map { ContainerView($0) }
  }

  /// Does what kubelet does before each start of a container: it calls PreStartContainer for each resource whose plugin
  /// wants the call.
  public func startContainer(_ name: String, ofPod uid: String) async throws(SimulatorError) {
    guard let container = withState({ $0.pods[uid]?.containers.first { $0.name == name } }) else {
      throw .unknownContainer(name, pod: uid)
    }
    for (resource, grant) in container.grants.sorted(by: { $0.key < $1.key }) {
      try await preStartContainer(resource, ids: shuffled(grant.ids))
    }
  }

  /// Removes a pod and frees its devices. Like kubelet, it does not notify the plugins.
  public func delete(podUID uid: String) throws(SimulatorError) {
    change { $0.pods[uid] = nil }
    try writeCheckpoint()
  }

  private func admit(_ container: Pod.Container, of pod: Pod) async throws(SimulatorError) {
    change { $0.pods[pod.uid]?.containers.append(AdmittedContainer(name: container.name)) }
    for request in container.requests where request.count > 0 {
      let ids = try await promise(request, numaNodes: container.numaNodes, podUID: pod.uid)
      defer { change { $0.promised[request.resource]?.subtract(ids) } }
      let answer = try await allocate(request.resource, ids: shuffled(ids))
      change { $0.grant(ids, of: request.resource, answer, podUID: pod.uid) }
    }
  }

  /// Chooses devices and keeps them from others. Kubelet admits one pod at a time; here, a choice is made anew when
  /// another pod was faster, until there are not enough devices left.
  private func promise(
    _ request: ResourceRequest, numaNodes: Set<Int>?, podUID: String
  ) async throws(SimulatorError) -> Set<String> {
    while true {
      let choice = try withState { (state) throws(SimulatorError) in
        try state.choose(request, numaNodes: numaNodes, podUID: podUID)
      }
      let preferred = try await preference(for: choice)
      if let ids = change({ $0.promise(choice, preferring: preferred) }) { return ids }
    }
  }

  private func shuffled(_ ids: Set<String>) -> [String] { withState { $0.random.order(ids) } }
}

// The calls one by one.
extension KubeletSimulator {
  /// Calls Allocate for one container, even if the devices are in use; the answer is not kept.
  public func allocate(
    _ resource: String, ids: [String]
  ) async throws(SimulatorError) -> ContainerAllocateResponse {
    let request = AllocateRequest(containers: [ids])
    let answer: AllocateResponse = try await endpoint(of: resource).call(
      KubeletMethod.allocate, request, limit: settings.callLimit)
    guard let container = answer.containers.first else {
      throw .badAnswer(resource: resource, method: KubeletMethod.allocate, reason: "it has no container")
    }
    return container
  }

  /// As above, with free devices that kubelet would choose.
  public func allocate(
    _ resource: String, count: Int
  ) async throws(SimulatorError) -> (ids: [String], answer: ContainerAllocateResponse) {
    var choice = try withState { (state) throws(SimulatorError) in
      try state.choose(ResourceRequest(resource: resource, count: count), numaNodes: nil, podUID: nil)
    }
    let preferred = try await preference(for: choice)
    let ids = withState { state in
      choice.finish(preferring: preferred, &state.random)
      return state.random.order(choice.chosen)
    }
    return (ids, try await allocate(resource, ids: ids))
  }

  /// Asks for the plugin's preferred devices, even when its options do not offer that.
  ///
  /// - Returns: The ids; an empty list means no preference.
  public func preferredAllocation(
    _ resource: String, _ container: PreferredAllocationRequest.Container
  ) async throws(SimulatorError) -> [String] {
    let request = PreferredAllocationRequest(containers: [container])
    let answer: PreferredAllocationResponse = try await endpoint(of: resource).call(
      KubeletMethod.getPreferredAllocation, request, limit: settings.callLimit)
    return answer.containers.first ?? []
  }

  /// Calls PreStartContainer, unless the plugin's options say that it does not want the call.
  public func preStartContainer(_ resource: String, ids: [String]) async throws(SimulatorError) {
    let endpoint = try endpoint(of: resource)
    guard withState({ $0.resources[resource]?.options.preStartRequired }) == true else { return }
    let _: PreStartContainerResponse = try await endpoint.call(
      KubeletMethod.preStartContainer, PreStartContainerRequest(deviceIDs: ids), limit: settings.preStartLimit)
  }

  /// Empty when there is nothing to choose or the plugin offers no preference. An error fails the pod.
  private func preference(for choice: DeviceChoice) async throws(SimulatorError) -> [String] {
    let isOffered = withState { $0.resources[choice.resource]?.options.preferredAllocationAvailable }
    guard isOffered == true, let question = choice.question else { return [] }
    return try await preferredAllocation(choice.resource, question)
  }

  private func endpoint(of name: String) throws(SimulatorError) -> PluginEndpoint {
    guard let resource = withState({ $0.resources[name] }) else { throw .unknownResource(name) }
    guard let endpoint = resource.endpoint, !resource.isStopped else { throw .stopped(resource: name) }
    return endpoint
  }
}
