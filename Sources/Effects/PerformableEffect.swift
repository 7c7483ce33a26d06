import HostInventory
import Linux
import Logging
import ResourcePools

/// An effect of an attachment that this module performs. The conformance stands in the file that knows how.
protocol PerformableEffect: HostEffect {
  /// Does it, and adds to the answer what only doing it shows. An error refuses the allocation.
  func perform(for allocation: inout Allocation, in context: EffectContext) async throws(FileError)
}

/// What performing an effect may use.
struct EffectContext: Sendable {
  let root: HostRoot
  let reset: FunctionReset
  let rsdGroups: RSDGroups
  /// The host's nodes, as they are now.
  let nodes: HostNodes
  let log: Logger
}
