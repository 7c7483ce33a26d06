public import Effects
public import GRPC
public import KubeletAPI
public import KubeletState
public import Observability
public import ResourcePools
public import UnifiedBus

/// The settings and services that all endpoints share.
public struct PoolContext: Sendable {
  let queue: CompletionQueue
  let kubelet: KubeletDirectory
  let cdi: CDIMode
  let effects: AllocationEffects
  let assignments: PodAssignments
  let counters: Counters
  /// Nil for a recorded host, whose devices cannot move.
  let unifiedBus: UnifiedBusNode?
  let trace: AllocationTrace
  /// Seconds that kubelet's plugin watcher may take to come to a socket.
  let watcherPatience: Double
  /// Called when it has not come to a pool's socket in that time.
  let nobodyCame: @Sendable () -> Void
  let sockets: ListeningSockets
  let groups = GroupLeases()

  /// `unifiedBus` is nil for a recorded host; `nobodyCame` is called when kubelet's plugin watcher has not come to a
  /// socket for `watcherPatience` seconds.
  public init(
    queue: CompletionQueue, kubelet: KubeletDirectory, cdi: CDIMode, effects: AllocationEffects,
    assignments: PodAssignments, counters: Counters, unifiedBus: UnifiedBusNode?, trace: AllocationTrace,
    sockets: ListeningSockets, watcherPatience: Double, nobodyCame: @escaping @Sendable () -> Void
  ) {
    self.watcherPatience = watcherPatience
    self.nobodyCame = nobodyCame
    self.queue = queue
    self.kubelet = kubelet
    self.cdi = cdi
    self.effects = effects
    self.assignments = assignments
    self.counters = counters
    self.unifiedBus = unifiedBus
    self.trace = trace
    self.sockets = sockets
  }
}
