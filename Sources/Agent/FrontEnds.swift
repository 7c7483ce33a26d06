import DRAFrontEnd
import DevicePluginFrontEnd
import Effects
import GRPC
import HostInventory
import KubeletState
import Linux
import Logging
import ResourcePools

/// The node's front ends as one: each gets the units that are its own, so that a device has one owner at a time.
actor FrontEnds: FrontEnd {
  nonisolated let directories: Set<String>
  private let plugin: DevicePluginFrontEnd
  private let dra: DRAFrontEnd
  /// The name of our own DRA driver.
  private let driver: String
  private let assignments: PodAssignments
  /// Asks for another `apply`: nothing tells the end of a pod.
  private let again: @Sendable () -> Void
  private let pause: Duration
  /// What pods had by the device plugin API when kubelet told last.
  private var pods: [HeldUnit] = []
  /// Pools that DRA served last.
  private var servedByDRA: Set<ResourceName> = []
  /// DRA has pools, also those that it keeps for claims while the device plugin API serves them again.
  private var draHasPools = false
  private var timer: Task<Void, Never>?

  init(
    _ plugin: DevicePluginFrontEnd, _ options: Options, _ host: Host, queue: CompletionQueue,
    effects: AllocationEffects, assignments: PodAssignments, log: Logger, again: @escaping @Sendable () -> Void
  ) {
    self.plugin = plugin
    self.assignments = assignments
    self.again = again
    pause = .seconds(options.handoverPause)
    driver = options.draDriver.description
    dra = DRAFrontEnd(
      DRAContext(
        driver: options.draDriver, node: options.nodeName, queue: queue, kubelet: options.kubelet, effects: effects,
        assignments: assignments, cdiDirectory: host.cdiDirectory, deviceInfoDirectory: host.deviceInfoDirectory,
        helperSocket: options.apiSocket, helperUser: options.apiUser), log: log)
    directories = plugin.directories.union(dra.directories)
  }

  /// What pods have by either front end; `known` is what kubelet says of it, nil when that can't be read.
  func joining(_ known: PodUses?) async -> PodUses? {
    let claims = await dra.held(offering: servedByDRA)
    guard var uses = known ?? (claims.isEmpty ? nil : PodUses(units: pods)) else { return nil }
    uses = uses.withoutClaims(of: driver)
    uses.units += claims
    return uses
  }

  func apply(_ partition: PoolPartition, snapshot: HostSnapshot) async {
    let served = Set(partition.pools.lazy.filter { $0.config.serve == .dra }.map(\.name))
    // A pool that leaves DRA gives nothing to claims from here on, so that what they hold is known.
    let claims = await dra.held(offering: served)
    guard !served.isEmpty || !claims.isEmpty || draHasPools else {
      return await plugin.apply(partition, snapshot: snapshot)
    }
    pods = await assignments.units() ?? pods
    var holders = FrontEndShares.Holders()
    for unit in pods { holders.plugin[unit.pool, default: []].insert(unit.unit) }
    for unit in claims { holders.claims[unit.pool, default: []].insert(unit.unit) }
    holders.remembered = assignments.rememberedResources()
    let shares = FrontEndShares(partition.pools, holders: holders)
    // A pool that comes to DRA leaves the device plugin API first.
    await plugin.apply(partition.serving(shares.devicePlugin), snapshot: snapshot)
    await dra.apply(partition.serving(shares.dra), snapshot: snapshot)
    // Kubelet may have given a device to a pod while the pool changed hands.
    if shares.isMoving || served != servedByDRA { lookAgain() }
    servedByDRA = served
    draHasPools = !shares.dra.isEmpty
  }

  private func lookAgain() {
    guard timer == nil else { return }
    timer = Task { [weak self, pause] in
      guard (try? await Task.sleep(for: pause)) != nil else { return }
      await self?.pauseIsOver()
    }
  }

  private func pauseIsOver() {
    timer = nil
    again()
  }

  /// Opens the endpoints of the device plugin API anew where kubelet learns of them in another way.
  func change(to mode: RegistrationMode, view: HostSnapshot) async { await plugin.change(to: mode, view: view) }

  func handle(_ event: DirectoryWatcher.Event) async {
    await plugin.handle(event)
    await dra.handle(event)
  }

  /// One for each pool, also of those that change hands and are with both for a while.
  func status() async -> [PoolStatus] {
    var statuses = await plugin.status()
    for status in await dra.status() {
      if let index = statuses.firstIndex(where: { $0.pool.name == status.pool.name }) {
        statuses[index] = statuses[index].joined(with: status)
      } else {
        statuses.append(status)
      }
    }
    return statuses.sorted { "\($0.pool.name)" < "\($1.pool.name)" }
  }

  func stop() async {
    timer?.cancel()
    async let plugin: Void = plugin.stop()
    await dra.stop()
    await plugin
  }
}

extension PoolStatus {
  fileprivate func joined(with other: PoolStatus) -> PoolStatus {
    PoolStatus(
      pool: ResourcePool(config: pool.config, units: pool.units + other.pool.units), openStreams: openStreams,
      obstacle: obstacle ?? other.obstacle)
  }
}
