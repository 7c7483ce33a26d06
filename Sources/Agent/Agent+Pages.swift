import DevicePluginFrontEnd
import HostInventory
import KubeletState
import Observability
import ResourcePools
import UnifiedBus

/// What the agent answers on `-listen`.
extension Agent {
  func page(_ path: String) async -> HTTPService.Page {
    // Before the endpoints are looked at: they come to stand meanwhile.
    let isReady = isReady
    // Whether the agent lives is not theirs to say.
    let statuses = path == "/healthz" ? [] : await frontEnd.status()
    let open = Set(statuses.map(\.pool.name))
    let empty = (config.pools + config.sharedPools).map(\.name).filter { !open.contains($0) }
    // Kubelet is asked only where the answer is shown.
    let inUse = path == "/metrics" ? await assignments.unitsInUse() : nil
    let uses = path == "/metrics" ? await ubDevices(of: statuses.map(\.pool)) : []
    return StatusPages(
      fault: watchdog.fault(at: Self.now), hasStarted: isReady, statuses: statuses, empty: empty, counters: counters,
      startTime: startTime, inUse: inUse, ubDevices: uses,
      silentFiles: host.root.reads.silences.map(\.path)
    ).page(path)
  }

  /// UB devices of these pools, with the pods that have them.
  private func ubDevices(of pools: [ResourcePool]) async -> [UBDeviceUse] {
    guard pools.contains(where: { $0.units.contains { $0.members.contains { $0.device.unifiedBus != nil } } })
    else { return [] }
    return UBDeviceUse.all(
      in: pools, pods: await assignments.pods() ?? [], described: assignments.describedUBDevices())
  }
}
