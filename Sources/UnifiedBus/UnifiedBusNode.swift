public import HostInventory
public import KubeletAPI
public import Logging
public import Netlink
public import Observability
public import RPC
public import ResourcePools

/// What a living node has for UB pools: the engine that lists their devices, and the way into pods' namespaces.
public struct UnifiedBusNode: Sendable {
  public let engine: UBEngineWatch
  let placement: UBPlacement
  public let reconciler: NamespaceReconciler
  private let root: HostRoot

  /// How a move between namespaces may end, for counting.
  public static let moveResults = PlacementFailure.Step.allCases.map { "\($0)" } + ["moved", "other"]

  /// `changed` is called when the engine lists other devices, or says something else of them.
  public init(
    root: HostRoot, kubelet: KubeletDirectory, queue: CompletionQueue, netlink: NetlinkThread, log: Logger,
    changed: @escaping @Sendable () -> Void
  ) {
    self.root = root
    engine = UBEngineWatch(log: log, changed: changed)
    placement = UBPlacement(root: root, kubelet: kubelet, queue: queue, netlink: netlink, engine: engine)
    reconciler = NamespaceReconciler(placement: placement, log: log)
  }

  /// Takes over a configuration; returns when its engine was asked once.
  public func follow(_ config: PluginConfig) async {
    await engine.follow(config)
    await reconciler.follow(config)
  }

  public func stop() async {
    await engine.stop()
    await reconciler.stop()
  }

  /// Makes UB devices ready to be handed out: fills in their kernel names, as the engine says them now, and lets
  /// containers use the node for translation ids, which the kernel makes for root alone.
  public func prepare(_ devices: inout [Device], log: Logger) async throws(RPCStatus) {
    if let problem = root.open(.ummuTID) {
      log.warning("containers may not open a node", metadata: ["err": "\(problem)"])
    }
    for index in devices.indices where devices[index].unifiedBus?.isHealthy == true {
      do throws(UnifiedBusError) {
        guard let paths = try await paths(of: devices[index].id) else { continue }
        devices[index].unifiedBus?.kernelDevices = paths.map(\.kernelName)
      } catch {
        throw RPCStatus(code: .unavailable, message: "\(error)")
      }
    }
  }

  /// kubelet does not repeat Allocate: an engine that does not answer just now must not cost the pod its start.
  private func paths(of id: String) async throws(UnifiedBusError) -> [DevicePath]? {
    let end = ContinuousClock.now + Self.enginePatience
    while true {
      do throws(UnifiedBusError) {
        return try await engine.paths(of: id)
      } catch {
        guard error.isPassing, ContinuousClock.now < end else { throw error }
      }
      guard (try? await Task.sleep(for: .milliseconds(250))) != nil else { return try await engine.paths(of: id) }
    }
  }

  /// Admission on the node waits for it.
  private static let enginePatience = Duration.seconds(3)

  /// Brings the devices of a container that is about to start to its pod; kubelet tries again when it throws.
  public func place(_ ids: [String], of pool: PoolConfig, counters: Counters, log: Logger) async throws(RPCStatus) {
    do throws(UnifiedBusError) {
      let outcome = try await placement.place(ids, of: pool)
      counters.onNode { $0.namespaceMoves["moved", default: 0] += 1 }
      log.info(
        "placed",
        metadata: [
          "ids": "\(ids.joined(separator: ","))", "where": "\(outcome)", "pod": "\(outcome.pod)",
        ])
    } catch {
      counters.onNode { $0.namespaceMoves[error.stepName, default: 0] += 1 }
      log.error("not placed", metadata: ["ids": "\(ids.joined(separator: ","))", "err": "\(error)"])
      throw RPCStatus(code: .unavailable, message: "\(error)")
    }
  }
}
