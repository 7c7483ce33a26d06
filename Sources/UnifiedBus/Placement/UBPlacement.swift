import GRPC
import HostInventory
import KubeletAPI
import KubeletState
import Netlink
import ResourcePools

/// Moves UB devices into the network namespaces of the pods that have them.
actor UBPlacement {
  private let root: HostRoot
  private let kubelet: KubeletDirectory
  private let queue: CompletionQueue
  private let netlink: NetlinkThread
  private let engine: UBEngineWatch
  private let handedOut: HandedOutDevices
  /// Whether CDI is used: containers then get the devices of spec files, and kubelet does not know them.
  private let nodesAreInFiles: Bool
  private var runtimes: [String: ContainerRuntime] = [:]
  /// The namespace to which each kernel device was moved last. After a failure, devices that were in the pod before
  /// stay there, because another container of the pod may use them. What a previous process moved is unknown, but the
  /// kernel shows which devices are not on the host.
  private var placed: [DevicePath: NamespaceIdentity] = [:]

  /// The result of a placement.
  enum Outcome: Sendable, Equatable, CustomStringConvertible {
    case moved([DevicePath], pod: PodReference)
    /// The pod uses the host's network.
    case leftOnHost(pod: PodReference)

    var pod: PodReference {
      switch self {
      case .moved(_, let pod), .leftOnHost(let pod): pod
      }
    }

    var description: String {
      switch self {
      case .moved(let devices, let pod):
        "\(devices.map(\.kernelName).joined(separator: ",")) in the network namespace of \(pod)"
      case .leftOnHost(let pod): "on the host, whose network \(pod) uses"
      }
    }
  }

  init(
    root: HostRoot, kubelet: KubeletDirectory, queue: CompletionQueue, netlink: NetlinkThread, engine: UBEngineWatch,
    handedOut: HandedOutDevices, nodesAreInFiles: Bool
  ) {
    self.root = root
    self.kubelet = kubelet
    self.queue = queue
    self.netlink = netlink
    self.engine = engine
    self.handedOut = handedOut
    self.nodesAreInFiles = nodesAreInFiles
  }

  /// The kernel answers in milliseconds; a driver may need longer to stop the users of a device.
  private static let moveLimit = Duration.seconds(5)

  /// Moves the devices of the container that is about to start.
  ///
  /// - Throws: Always `placement`, with the step that failed.
  func place(_ ids: [String], of pool: PoolConfig) async throws(UnifiedBusError) -> Outcome {
    let deadline = Deadline.after(PodLookup<HeldNamespace>.budget)
    let runtime = try runtime(for: pool, ids)
    let found = try await lookup(runtime).locate(ids, of: pool.name.description, before: deadline)
    guard case .namespace(let target) = found.target else { return .leftOnHost(pod: found.pod) }
    try await move(found.devices, to: target, for: ids, before: deadline)
    return .moved(found.devices, pod: found.pod)
  }

  /// Moves every device of a running pod to where it belongs; the kernel does nothing for a device that is there.
  ///
  /// - Returns: The problems; the other devices are moved.
  func assertAgain(_ pools: [PoolConfig]) async -> [String] {
    var problems: [String] = []
    for (endpoint, pools) in Dictionary(grouping: pools, by: { $0.networkNamespace?.containerRuntimeEndpoint }) {
      let resources = Set(pools.map(\.name.description))
      do throws(UnifiedBusError) {
        problems += try await assertAgain(resources, endpoint: endpoint)
      } catch {
        problems.append(error.description)
      }
    }
    return problems
  }

  private func assertAgain(_ resources: Set<String>, endpoint: String?) async throws(UnifiedBusError) -> [String] {
    let checkpoint: KubeletCheckpoint
    do throws(KubeletStateError) { checkpoint = try KubeletCheckpoint.read(at: kubelet.checkpoint) } catch {
      throw .kubelet(error)
    }
    let entries = checkpoint.entries.filter { resources.contains($0.resource) }
    guard !entries.isEmpty, let runtime = runtime(at: endpoint) else { return checkpoint.problems }
    let deadline = Deadline.after(PodLookup<HeldNamespace>.budget)
    let sandboxes: [Sandbox]
    do throws(KubeletStateError) { sandboxes = try await runtime.sandboxes(of: nil, timeout: .seconds(5)) } catch {
      throw .kubelet(error)
    }
    var given: [String: [DevicePath]] = [:]
    for id in Set(entries.flatMap(\.ids)) { given[id] = await self.given(id) }
    let plan = PlacementPlan(checkpoint: checkpoint, resources: resources, sandboxes: sandboxes) { given[$0] ?? [] }
    var problems = plan.problems
    for item in plan.items {
      do throws(UnifiedBusError) {
        let target = try await namespaces(runtime).find(sandbox: item.sandbox, for: item.ids, before: deadline)
        guard case .namespace(let namespace) = target else { continue }
        // If kubelet has handed out devices since, this plan is outdated; the next round makes a new one.
        let isCurrent = { @Sendable [kubelet] in
          (try? KubeletCheckpoint.read(at: kubelet.checkpoint))?.entries.filter { resources.contains($0.resource) }
            == entries
        }
        try await move(item.devices, to: namespace, for: item.ids, before: deadline, while: isCurrent)
      } catch {
        problems.append(error.description)
      }
    }
    return problems
  }

  /// Moves all devices or none. `isCurrent` is evaluated on the netlink thread, so that no other move happens in
  /// between.
  private func move(
    _ devices: [DevicePath], to target: HeldNamespace, for ids: [String], before deadline: Deadline,
    while isCurrent: @escaping @Sendable () -> Bool = { true }
  ) async throws(UnifiedBusError) {
    let names = devices.map(\.kernelName)
    let settled = devices.filter {
      placed[$0] == target.identity || UBDevice.isElsewhere($0.kernelName, on: root)
    }
    let home = HostProcesses(root: root).networkNamespace(of: 1)
    do throws(UnifiedBusError) {
      let isDone = try await netlink.run { () throws(UnifiedBusError) in
        guard isCurrent() else { return false }
        let home = try HeldNamespace(path: home)
        do {
          try NamespaceMover.open(limit: Self.moveLimit).move(
            names, to: target.namespace, home: home.namespace, settled: Set(settled.map(\.kernelName)),
            before: deadline.instant)
        } catch {
          throw .placement(PlacementFailure(step: .move, ids: ids, reason: "\(error)", advice: nil))
        }
        return true
      }
      if isDone { for device in devices { placed[device] = target.identity } }
    } catch {
      for device in devices where !settled.contains(device) { placed[device] = nil }
      guard case .namespace = error else { throw error }
      throw .placement(
        PlacementFailure(
          step: .move, ids: ids, reason: "cannot open the host's network namespace: \(error)",
          advice: "the plugin's pod needs hostPID and CAP_SYS_PTRACE"))
    }
  }

  // MARK: What is asked on the way

  private func lookup(_ runtime: ContainerRuntime) -> PodLookup<HeldNamespace> {
    let podResources = PodResourcesClient(socket: kubelet.podResourcesSocket, queue: queue)
    return PodLookup(
      sources: .init(
        checkpoint: { [kubelet] () throws(KubeletStateError) in try KubeletCheckpoint.read(at: kubelet.checkpoint) },
        podResources: { ids, resource, timeout throws(KubeletStateError) in
          try await podResources.holders(of: ids, resource: resource, timeout: timeout)
        },
        sandboxes: { pod, timeout throws(KubeletStateError) in try await runtime.sandboxes(of: pod, timeout: timeout) },
        devices: { [self] id throws(UnifiedBusError) in
          if let devices = await given(id) { return devices }
          // Without an engine devices come from sysfs, where an id is the kernel's name.
          guard await engine.isAsked else { return [try DevicePath(kernelName: id)] }
          throw .unknownHandout(id: id)
        },
        pause: Self.pause),
      namespaces: namespaces(runtime))
  }

  /// The kernel devices that this process gave to a container with a unit; nil when it does not know.
  private func given(_ id: String) async -> [DevicePath]? {
    if let devices = handedOut[id] { return devices }
    return nodesAreInFiles ? await engine.lastAnswer(for: id)?.devices : nil
  }

  private func namespaces(_ runtime: ContainerRuntime) -> PodNamespace<HeldNamespace> {
    PodNamespace(
      status: { sandbox, timeout throws(KubeletStateError) in try await runtime.status(of: sandbox, timeout: timeout) },
      access: NamespaceAccess(root: root), pause: Self.pause)
  }

  private static let pause: @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }

  private func runtime(for pool: PoolConfig, _ ids: [String]) throws(UnifiedBusError) -> ContainerRuntime {
    if let runtime = runtime(at: pool.networkNamespace?.containerRuntimeEndpoint) { return runtime }
    throw .placement(
      PlacementFailure(
        step: .sandbox, ids: ids,
        reason: "no container runtime was found at \(RuntimeSocket.wellKnown.joined(separator: ", "))",
        advice: "mount the directory of its socket; for a socket elsewhere set netns.containerRuntimeEndpoint"))
  }

  /// Finds the runtime's socket at every use, because a runtime may be installed after the plugin. A runtime that
  /// restarts keeps its channel.
  private func runtime(at endpoint: String?) -> ContainerRuntime? {
    let root = root
    guard let socket = RuntimeSocket.find(configured: endpoint, exists: { root.exists($0) }) else { return nil }
    // The host's, as well-known ones are; a configured one may also be a path of this container.
    let path = endpoint == nil || root.exists(socket) ? root.resolve(socket) : socket
    if let known = runtimes[path] { return known }
    let runtime = ContainerRuntime(socket: path, queue: queue)
    runtimes[path] = runtime
    return runtime
  }
}
