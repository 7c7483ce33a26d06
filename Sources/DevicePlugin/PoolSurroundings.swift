import KubeletAPI
import RPC
import ResourcePools

/// What every pool server shares.
struct PoolSurroundings: Sendable {
  let queue: CompletionQueue
  let kubelet: KubeletDirectory
  let cdi: CDIMode
  let effects: AllocationEffects
  let assignments: PodAssignments
  let counters: Counters
  /// Nil for a recorded host, whose devices can't move.
  let unifiedBus: UnifiedBusNode?
  let trace: AllocationTrace
}
