import DevicePluginFrontEnd
import HostInventory
import KubeletState
import Observability
import ResourcePools
import UnifiedBus

/// The agent's pages on `-listen`.
extension Agent {
  /// Collects what a page shows. The inventory is shared instead of copied, so this does not delay events.
  nonisolated func drawing(of path: String) async -> StatusEndpoint.Drawing {
    guard path == "/inventory" || path == "/inventory.json" else {
      let pages = await statusPages(for: path)
      return { pages.page(path) }
    }
    guard let node = await surveyedNode else { return { StatusPages.unread } }
    let pods = await assignments.pods()
    let claims = await frontEnd.claimedUnits()
    return { [assignments] in
      node.page(path, pods: pods, claims: claims, described: assignments.describedUBDevices())
    }
  }

  /// Nil before the host was read.
  private var surveyedNode: SurveyedNode? {
    guard let view, let partition = pools.partition else { return nil }
    return SurveyedNode(
      title: host.title, inventory: view.inventory, partition: partition,
      problems: told.problems.sorted { ($0.path, $0.reason) < ($1.path, $1.reason) },
      nodeName: options.nodeName, configFiles: options.configFiles)
  }

  private func statusPages(for path: String) async -> StatusPages {
    // Read this first, because the endpoints' states may change meanwhile.
    let isReady = isReady
    // `/healthz` does not depend on the pools' states.
    let statuses = path == "/healthz" ? [] : await frontEnd.status()
    let open = Set(statuses.map(\.pool.name))
    let empty = (config.pools + config.sharedPools).map(\.name).filter { !open.contains($0) }
    // Ask kubelet only for the page that shows the answer.
    let inUse = path == "/metrics" ? await unitsInUse() : nil
    let uses = path == "/metrics" ? await ubDevices(of: statuses.map(\.pool)) : []
    return StatusPages(
      fault: watchdog.fault(at: Self.now), hasStarted: isReady, statuses: statuses, empty: empty, counters: counters,
      startTime: startTime, inUse: inUse, ubDevices: uses,
      silentFiles: host.root.reads.silences.map(\.path))
  }

  /// Counts the units that pods and our own prepared claims have; nil when kubelet does not report pods.
  private func unitsInUse() async -> [ResourceName: Int]? {
    guard var counts = await assignments.unitsInUse() else { return nil }
    for unit in await frontEnd.claimedUnits() { counts[unit.resource, default: 0] += 1 }
    return counts
  }

  /// UB devices of these pools, with the pods that have them.
  private func ubDevices(of pools: [ResourcePool]) async -> [UBDeviceUse] {
    guard pools.contains(where: { $0.units.contains { $0.members.contains { $0.device.unifiedBus != nil } } })
    else { return [] }
    return UBDeviceUse.all(
      in: pools, pods: await assignments.pods() ?? [], described: assignments.describedUBDevices())
  }
}
