public import Effects
public import HostInventory
import KubeletAPI
import KubeletState
public import Linux
public import Logging
public import ResourcePools

/// Serves pools by the device plugin API: starts, changes and ends their endpoints.
///
/// Start, rescan and reload are the same call. Unchanged pools keep their sockets and streams; of the others, only
/// those with a different list send one.
public actor DevicePluginFrontEnd: FrontEnd {
  /// kubelet's directory of device plugins, and the one with the sockets at first.
  public nonisolated let directories: Set<String>

  private var mode: RegistrationMode
  private let context: PoolContext
  private let log: Logger
  private var running: [ResourceName: Running] = [:]
  /// The pools by the file names of their sockets.
  private var names: [String: ResourceName] = [:]
  /// Endpoints that are ending; a new one of the same pool waits for them.
  private var withdrawing: [ResourceName: Task<Void, Never>] = [:]
  /// Pools with containers that may start with an Allocate answer from before. For these kubelet must call
  /// PreStartContainer.
  private var guarded: Set<ResourceName> = []

  private struct Running {
    let server: PoolEndpoint
    let task: Task<Void, Never>
    let pool: ResourcePool
    let isGuarded: Bool
  }

  /// Opens nothing yet; the first `apply` does.
  public init(mode: RegistrationMode, context: PoolContext, log: Logger) {
    self.mode = mode
    self.context = context
    directories = [context.kubelet.devicePlugins, mode.socketDirectory(in: context.kubelet)]
    self.log = log
  }

  /// Starts, changes and retires endpoints, so that they are those of the pools that have devices.
  public func apply(_ partition: PoolPartition, snapshot view: HostSnapshot) async {
    // A pool without devices has no endpoint; otherwise kubelet would list the resource with a capacity of 0.
    let pools = partition.pools.filter { !$0.units.isEmpty }
    let names = Set(pools.map(\.name))
    for name in running.keys where !names.contains(name) { withdraw(name) }
    guardAnswers(of: pools, view: view)
    for pool in pools {
      guard let current = running[pool.name], current.pool.registersLike(pool),
        current.isGuarded == guarded.contains(pool.name)
      else {
        withdraw(pool.name)
        start(pool, view: view)
        continue
      }
      running[pool.name] = Running(
        server: current.server, task: current.task, pool: pool, isGuarded: current.isGuarded)
      await current.server.update(pool, view: view)
    }
  }

  /// Finds the pools whose containers must not start before their Allocate answer was checked.
  ///
  /// kubelet asks for the options once, at registration. The check is needed when kubelet's checkpoint has earlier
  /// answers, or when the kernel has renumbered a device since. All other pools register without it, as those of the
  /// SR-IOV network device plugin do.
  private func guardAnswers(of pools: [ResourcePool], view: HostSnapshot) {
    let nodes = view.inventory.nodes
    lazy var answered = context.assignments.resourcesWithAnswers()
    // A UB pool uses PreStartContainer in any case, and checks every answer there.
    for pool in pools where !guarded.contains(pool.name) && pool.config.type.registration != .preStart {
      if let current = running[pool.name], !pool.needsOtherNumbers(than: current.pool, nodes: nodes) { continue }
      // An unreadable checkpoint may have answers of any pool.
      guard answered?.contains("\(pool.name)") != false, pool.givesKernelNumbers(nodes: nodes) else { continue }
      guarded.insert(pool.name)
    }
  }

  /// Starts an endpoint without waiting for its predecessor, so that no pool waits for another.
  private func start(_ pool: ResourcePool, view: HostSnapshot) {
    let predecessor = withdrawing.removeValue(forKey: pool.name)
    let isGuarded = guarded.contains(pool.name)
    let server = PoolEndpoint(
      pool: pool, view: view, mode: mode, isGuarded: isGuarded, context: context, log: log)
    let task = Task {
      await predecessor?.value
      await server.run()
    }
    running[pool.name] = Running(server: server, task: task, pool: pool, isGuarded: isGuarded)
    names[server.socketFile] = pool.name
  }

  /// Opens every endpoint again, for another way of registration.
  public func change(to mode: RegistrationMode, view: HostSnapshot) async {
    self.mode = mode
    for (name, current) in running {
      withdraw(name)
      start(current.pool, view: view)
    }
  }

  private func withdraw(_ name: ResourceName) {
    guard let ending = running.removeValue(forKey: name) else { return }
    names[ending.server.socketFile] = nil
    log.info("the pool is no longer served", metadata: ["resource": "\(name)"])
    let before = withdrawing[name]
    withdrawing[name] = Task {
      await before?.value
      await ending.server.withdraw()
      await ending.task.value
    }
  }

  /// Ends all endpoints at the same time, because the pod's termination grace period is for all pools together. Devices
  /// of running pods stay where they are.
  public func stop() async {
    for running in running.values { running.server.stop() }
    for running in running.values { await running.task.value }
    for task in withdrawing.values { await task.value }
  }

  /// Registers again when kubelet has started, and looks at the sockets whose files have changed.
  public func handle(_ event: DirectoryWatcher.Event) async {
    switch event {
    case .appeared(context.kubelet.devicePlugins, KubeletDirectory.registrationSocketName):
      log.info("kubelet has started")
      tell(.kubeletAppeared)
    case .appeared(_, KubeletDirectory.checkpointName): break
    case .appeared(_, let name), .vanished(_, let name): await checkSocket(name)
    case .lookAgain: await checkSockets()
    case .written: break
    }
  }

  private func tell(_ event: PoolEndpointState.Event) {
    for running in running.values { running.server.tell(event) }
  }

  /// Checks the socket after an event about the file of that name, which may belong to another program.
  private func checkSocket(_ file: String) async {
    if let name = names[file] { await running[name]?.server.checkSocket() }
  }

  private func checkSockets() async {
    for running in running.values { await running.server.checkSocket() }
  }

  /// The state of every pool, for `/readyz` and `/metrics`.
  public func status() async -> [PoolStatus] {
    var status: [PoolStatus] = []
    for running in running.values { status.append(await running.server.status) }
    return status.sorted { "\($0.pool.name)" < "\($1.pool.name)" }
  }
}

extension ResourcePool {
  /// Whether both pools register in the same way; kubelet asks for an endpoint's options once, when it registers.
  fileprivate func registersLike(_ other: ResourcePool) -> Bool {
    config.type.registration == other.config.type.registration
      && hasPreference == other.hasPreference
  }
}
