import KubeletAPI
import RPC
import ResourcePools

/// What every pool server shares.
struct PoolSurroundings: Sendable {
  let queue: CompletionQueue
  let kubelet: KubeletDirectory
  let cdi: CDIMode
  let effects: AllocationEffects
  let counters: Counters
}
