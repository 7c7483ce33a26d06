import HostInventory
import Linux
import Logging
import ResourcePools

/// An effect of an attachment, with the code that performs it. The file with the needed tool has the conformance.
protocol PerformableEffect: HostEffect {
  /// Performs the effect, and may add its result to the allocation. An error refuses the allocation.
  func perform(for allocation: inout Allocation, in context: EffectContext) async throws(FileError)
}

/// What effects need to be performed.
struct EffectContext: Sendable {
  let root: HostRoot
  let reset: FunctionReset
  let rsdGroups: RSDGroups
  /// The host's nodes, as they are now.
  let nodes: HostNodes
  let log: Logger
}
