import GRPC
import HostInventory
import KubeletState
import Logging
import Observability
import ResourcePools
import UnifiedBus

extension PoolAllocations {
  /// Refuses to start a container whose Allocate answer does not fit its devices any more, e.g. after a reboot.
  func checkAnswer(_ ids: [String]) async throws(RPCStatus) {
    let given: [GivenAnswer]
    do throws(KubeletStateError) {
      given = try context.assignments.answers(for: ids, of: name)
    } catch {
      log.warning(
        "the answer that a container was given can't be compared",
        metadata: ["ids": "\(ids.joined(separator: ","))", "err": "\(error)"])
      return
    }
    let offer = current
    var devices = try await look(at: ids, of: offer)
    if devices.contains(where: { $0.unifiedBus != nil }) { await context.unifiedBus?.identify(&devices) }
    let nodes = offer.view.nodesNow(Set(HostNodes.Node.allCases))
    guard let stale = offer.pool.staleness(of: given, for: ids, seeing: devices, nodes: nodes) else { return }
    context.counters.staleAnswer(name)
    switch stale.part {
    case .environment:
      // The runtime takes the nodes from the CDI spec, which is right. Programs that read the variables find other paths.
      log.warning("the container's environment names old device paths", metadata: ["reason": "\(stale)"])
    case .nodes:
      log.error(
        "container start refused: its device nodes belong to another device", metadata: ["reason": "\(stale)"])
      throw RPCStatus(code: .failedPrecondition, message: "\(stale)")
    }
  }
}
