public import GRPC
public import HostInventory
public import KubeletAPI
import KubeletState
import Linux
public import Logging
public import Netlink
public import Observability
public import ResourcePools

/// Serves the UB pools of a running node: it follows the UBS engine's device list and moves UB devices into the network
/// namespaces of pods.
public struct UnifiedBusNode: Sendable {
  /// The engine's devices as it last listed them.
  public let engine: UBEngineWatch
  let placement: UBPlacement
  /// Repeats the moves, because some kernels undo them.
  public let reconciler: NamespaceReconciler
  private let root: HostRoot
  private let kubelet: KubeletDirectory
  private let assignments: PodAssignments
  private let handedOut: HandedOutDevices

  /// The results of a move into a pod's network namespace, for counting: the step that failed, `moved` or `other`.
  public static let moveResults = PlacementFailure.Step.allCases.map { "\($0)" } + ["moved", "other"]

  /// Creates the parts; nothing runs before `follow`. `changed` is called when the engine's device list, or a device's
  /// state, changes.
  public init(
    root: HostRoot, kubelet: KubeletDirectory, queue: CompletionQueue, netlink: NetlinkThread, cdi: CDIMode,
    log: Logger, changed: @escaping @Sendable () -> Void
  ) {
    self.root = root
    self.kubelet = kubelet
    assignments = PodAssignments(kubelet: kubelet, queue: queue)
    handedOut = HandedOutDevices()
    engine = UBEngineWatch(log: log, changed: changed)
    placement = UBPlacement(
      root: root, kubelet: kubelet, queue: queue, netlink: netlink, engine: engine, handedOut: handedOut,
      nodesAreInFiles: cdi != .off)
    reconciler = NamespaceReconciler(placement: placement, log: log)
  }

  /// Applies a configuration. It returns when the engine has answered once, or its time limit has passed.
  public func follow(_ config: PluginConfig) async {
    await engine.follow(config)
    await reconciler.follow(config)
  }

  /// Stops polling and reconciling; devices stay where they are.
  public func stop() async {
    await engine.stop()
    await reconciler.stop()
  }

  /// Prepares one container's UB devices for Allocate: it fills in the kernel names and EIDs that the engine reports
  /// now, and makes the node for translation ids usable by containers, which the kernel creates for root only.
  ///
  /// - Throws: `unavailable` when the engine does not answer, or names a kernel device that must not be given to this
  ///   container.
  public func prepare(_ devices: inout [Device], silence: Silence, log: Logger) async throws(RPCStatus) {
    if let problem = root.open(.ummuTID) {
      log.warning("containers cannot open /dev/ummu/tid", metadata: ["err": "\(problem)"])
    }
    let ids = Set(devices.map(\.id))
    let claims = await claims(leavingOut: ids)
    for index in devices.indices where devices[index].unifiedBus?.isHealthy == true {
      do throws(UnifiedBusError) {
        if let answer = try await answer(for: devices[index].id, silence) {
          devices[index].unifiedBus?.kernelDevices = answer.devices.map(\.kernelName)
          devices[index].unifiedBus?.eids = answer.bondingEID.isEmpty ? [] : [answer.bondingEID]
        }
        try await handOut(devices[index], leavingOut: ids, claims)
      } catch {
        throw RPCStatus(code: .unavailable, message: "\(error)")
      }
    }
  }

  /// Fills in the kernel devices that the engine names now, for a comparison with what a container was given. Nothing is
  /// handed out. A device for which the engine has no answer gets no names.
  ///
  /// An engine may activate a device when it is asked, so only healthy ones are asked for.
  public func identify(_ devices: inout [Device]) async {
    guard await engine.isAsked else { return }
    for index in devices.indices {
      guard let facts = devices[index].unifiedBus else { continue }
      let id = devices[index].id
      let answer = facts.isHealthy ? try? await answer(for: id, .keepsLastAnswer) : await engine.lastAnswer(for: id)
      devices[index].unifiedBus?.kernelDevices = answer?.devices.map(\.kernelName) ?? []
    }
  }

  /// What a missing answer of the engine means for a request.
  public enum Silence {
    /// The request fails.
    case isRefusal
    /// The engine's last answer is used, because the container already has the device.
    case keepsLastAnswer
  }

  private func handOut(
    _ device: Device, leavingOut ids: Set<String>, _ claims: KernelDeviceClaims
  ) async throws(UnifiedBusError) {
    var paths: [DevicePath] = []
    for name in device.unifiedBus?.kernelDevices ?? [] { paths.append(try DevicePath(kernelName: name)) }
    var claims = claims
    if let rival = await engine.rival(of: device.id, for: paths), let other = await engine.lastAnswer(for: rival) {
      claims.add(other.devices, of: "by the same engine the unit \(rival)")
    }
    try handedOut.handOut(
      paths, with: device.id, leavingOut: ids, claims: claims, checkpoint: FileStamp(kubelet.checkpoint)
    ) { claims throws(UnifiedBusError) in
      try claims.check(paths, of: device.id, reserved: UBDevice.reservedDevice) {
        UBDevice.exists($0.kernelName, on: root)
      }
    }
  }

  /// The kernel devices of all units that pods have, but for `ids`.
  private func claims(leavingOut ids: Set<String>) async -> KernelDeviceClaims {
    var claims = KernelDeviceClaims()
    guard let checkpoint = try? KubeletCheckpoint.read(at: kubelet.checkpoint) else { return claims }
    let held = await assignments.unitsOfPods()
    var answers: [String: [DevicePath]] = [:]
    for id in Set(checkpoint.entries.flatMap(\.ids)) {
      answers[id] = if let devices = handedOut[id] { devices } else { await engine.lastAnswer(for: id)?.devices }
    }
    claims.add(checkpoint, leavingOut: ids) { resource, id in
      held?.contains(.init(resource: resource, id: id)) ?? true
    } described: {
      answers[$0] ?? []
    }
    return claims
  }

  /// kubelet does not repeat Allocate, so an engine that is briefly silent must not fail the pod.
  private func answer(for id: String, _ silence: Silence) async throws(UnifiedBusError) -> EnginePaths? {
    let end = ContinuousClock.now + Self.enginePatience
    while true {
      do throws(UnifiedBusError) {
        return try await engine.answer(for: id)
      } catch {
        guard error.isPassing else { throw error }
        if silence == .keepsLastAnswer, let last = await engine.lastAnswer(for: id) { return last }
        guard ContinuousClock.now < end else { throw error }
      }
      guard (try? await Task.sleep(for: .milliseconds(250))) != nil else { return try await engine.answer(for: id) }
    }
  }

  /// Admission on the node waits for it.
  private static let enginePatience = Duration.seconds(3)

  /// Moves the devices of a starting container into its pod's network namespace.
  ///
  /// - Throws: `unavailable`, with the step that failed; kubelet then tries the start again.
  public func place(_ ids: [String], of pool: PoolConfig, counters: Counters, log: Logger) async throws(RPCStatus) {
    do throws(UnifiedBusError) {
      let outcome = try await placement.place(ids, of: pool)
      counters.onNode { $0.namespaceMoves["moved", default: 0] += 1 }
      let metadata: Logger.Metadata = [
        "ids": "\(ids.joined(separator: ","))", "where": "\(outcome)", "pod": "\(outcome.pod)",
      ]
      switch outcome {
      case .moved: log.info("UB devices moved to the pod", metadata: metadata)
      case .leftOnHost: log.info("UB devices left on the host, whose network the pod uses", metadata: metadata)
      }
    } catch {
      counters.onNode { $0.namespaceMoves[error.stepName, default: 0] += 1 }
      log.error(
        "UB devices not moved to the pod", metadata: ["ids": "\(ids.joined(separator: ","))", "err": "\(error)"])
      throw RPCStatus(code: .unavailable, message: "\(error)")
    }
  }
}
