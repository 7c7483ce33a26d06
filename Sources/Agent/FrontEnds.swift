import DRAFrontEnd
import DevicePluginFrontEnd
import Effects
import GRPC
import HostInventory
import KubeletState
import Linux
import Logging
import Observability
import ResourcePools

/// The node's front ends as one. Each gets its own units, so that a device has one owner at a time.
actor FrontEnds: FrontEnd {
  nonisolated let directories: Set<String>
  private let plugin: DevicePluginFrontEnd
  private let dra: DRAFrontEnd
  /// The name of our own DRA driver.
  private let driver: String
  private let assignments: PodAssignments
  /// Requests another `apply`, because no event reports the end of a pod.
  private let again: @Sendable () -> Void
  private let pause: Duration
  /// The units that pods had by the device plugin API when kubelet answered last.
  private var pods: [HeldUnit] = []
  /// The pools that DRA served at the last `apply`.
  private var servedByDRA: Set<ResourceName> = []
  /// Whether DRA has pools, including those that it keeps only for claims.
  private var draHasPools = false
  private var timer: Task<Void, Never>?
  private let log: Logger
  /// The units that claims still have of pools that DRA no longer serves, as the log says.
  private var toldWaiting: [ResourceName: [String]] = [:]

  init(
    _ plugin: DevicePluginFrontEnd, _ options: Options, _ host: Host, queue: CompletionQueue,
    effects: AllocationEffects, assignments: PodAssignments, counters: Counters, log: Logger,
    again: @escaping @Sendable () -> Void
  ) {
    self.log = log
    self.plugin = plugin
    self.assignments = assignments
    self.again = again
    pause = .seconds(options.handoverPause)
    driver = options.draDriver.description
    dra = DRAFrontEnd(
      DRAContext(
        driver: options.draDriver, node: options.nodeName, queue: queue, kubelet: options.kubelet, effects: effects,
        assignments: assignments, cdiDirectory: host.cdiDirectory, deviceInfoDirectory: host.deviceInfoDirectory,
        helperSocket: options.apiSocket, helperUser: options.apiUser,
        counted: { counters.prepared(failed: !$0, took: $1) }), log: log)
    directories = plugin.directories.union(dra.directories)
  }

  /// Adds the units of prepared claims to `known`, which is kubelet's answer, nil when it can't be read.
  func joining(_ known: PodUses?) async -> PodUses? {
    let claims = await dra.held(offering: servedByDRA)
    guard var uses = known ?? (claims.isEmpty ? nil : PodUses(units: pods)) else { return nil }
    uses = uses.withoutClaims(of: driver)
    uses.units += claims
    return uses
  }

  func apply(_ partition: PoolPartition, snapshot: HostSnapshot) async {
    let served = Set(partition.pools.lazy.filter { $0.config.serve == .dra }.map(\.name))
    // A pool that leaves DRA gets no new claims from here on, so that what they hold is known.
    let claims = await dra.held(offering: served)
    let units = await dra.units()
    guard !served.isEmpty || !units.isEmpty || draHasPools else {
      return await plugin.apply(partition, snapshot: snapshot)
    }
    pods = await assignments.units() ?? pods
    var holders = FrontEndShares.Holders()
    for unit in pods { holders.plugin[unit.pool, default: []].insert(unit.unit) }
    for unit in claims { holders.claims[unit.pool, default: []].insert(unit.unit) }
    holders.remembered = assignments.rememberedResources()
    tellWaiting(for: holders.claims, of: partition.pools)
    let shares = FrontEndShares(partition.pools, holders: holders)
    // A pool that moves to DRA leaves the device plugin API first.
    await plugin.apply(partition.serving(shares.devicePlugin), snapshot: snapshot)
    await dra.apply(partition.serving(shares.dra), snapshot: snapshot)
    // kubelet may have allocated a device while the pool moved.
    if shares.isMoving || served != servedByDRA { lookAgain() }
    servedByDRA = served
    draHasPools = !shares.dra.isEmpty
  }

  /// Logs once which units of a pool that has left DRA stay with their claims.
  ///
  /// The scheduler subtracts all pods with the pool's extended resource from what the device plugin lists, also those
  /// that DRA serves, and so may send the node no new ones.
  private func tellWaiting(for claims: [ResourceName: Set<String>], of pools: [ResourcePool]) {
    var waiting: [ResourceName: [String]] = [:]
    for pool in pools where pool.config.serve == .devicePlugin { waiting[pool.name] = claims[pool.name]?.sorted() }
    for (name, ids) in waiting where toldWaiting[name] != ids {
      log.notice(
        "devices stay with DRA until the pods of their claims end; delete those pods if new ones stay Pending",
        metadata: ["resource": "\(name)", "ids": "\(IDList.some(of: ids))"])
    }
    toldWaiting = waiting
  }

  /// The units of our own prepared claims.
  func claimedUnits() async -> [ClaimedUnit] { await dra.units() }

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

  /// Opens the endpoints of the device plugin API again, for another way of registration.
  func change(to mode: RegistrationMode, view: HostSnapshot) async { await plugin.change(to: mode, view: view) }

  func handle(_ event: DirectoryWatcher.Event) async {
    await plugin.handle(event)
    await dra.handle(event)
  }

  /// The state of each pool. Pools that move are in both front ends for a while, and have one entry.
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
      obstacle: obstacle ?? other.obstacle, helper: helper ?? other.helper)
  }
}
