import DevicePluginFrontEnd
import Effects
public import GRPC
import Glibc
import HostInventory
import KubeletAPI
import KubeletState
import Linux
public import Logging
import Observability
import ResourcePools
import UnifiedBus

/// The daemon: from the command line to a clean end.
///
/// Start reading here. All events come through one inbox and are handled in turn: kubelet's sockets, the
/// kernel's events, the configuration file, signals and timers.
public actor Agent {
  let options: Options
  private let log: Logger
  private let watcher: DescriptorWatcher
  let host: Host
  private let reader: HostReader
  /// Nil when the kernel's event sockets are not available, or the host is recorded.
  private let changes: NodeChanges?
  private var mode: RegistrationMode
  let frontEnd: FrontEnds
  let assignments: PodAssignments
  private let trace: AllocationTrace
  /// Nil for a recorded host.
  private let unifiedBus: UnifiedBusNode?
  let counters = Counters(moveResults: UnifiedBusNode.moveResults)
  private let npuFiles: NPUHostFiles
  private let sockets = ListeningSockets()
  private var sources: EventSources?
  private var missed: MissedEvents
  private var source: FollowedConfiguration
  var config: PluginConfig
  private var health: NodeHealth
  private var safetyScan = SafetyScan()
  var view: HostSnapshot?
  var pools: NodePools
  private let record: PoolRecord
  /// Whether the host was read and its pools were opened.
  var isReady = false
  /// What has changed since the last scan, according to the kernel.
  private var unread = NodeChanges.Scope.none
  var watchdog = EventLoopWatchdog(at: Agent.now)
  let startTime: Double
  var told = ToldConditions()
  private var reports: PartitionReports
  private var absence = WatcherAbsence()
  private var retryPause = Duration.seconds(1)
  private var waiting: [Event: Task<Void, Never>] = [:]
  private let events: AsyncStream<Event>
  private let inbox: AsyncStream<Event>.Continuation

  enum Event: Sendable, Hashable {
    case kubelet(DirectoryWatcher.Event)
    case configuration(DirectoryWatcher.Event)
    /// `NodeChanges` has something.
    case changed
    /// kubelet's plugin watcher did not come to a pool's socket.
    case nobodyCame
    /// Timers, one for each event. `settle`, `uses` and `newUses` all apply the pools again: after a wait for links,
    /// every 5 s while it matters what pods have, and after an allocation.
    case rescan, retryScan, safetyScan
    case settle, uses, newUses
    case missedEvents
    case returnMemory
    case reload, reloadIfChanged
    case stop(signal: String)
  }

  /// The pause in which events are collected, so that a burst (512 VFs at once) causes few scans.
  private static let burst = Duration.milliseconds(50)
  /// The interval of the safety scan, because events can be lost without notice.
  private var safetyInterval: Duration { .seconds(SafetyScan.pause(of: config)) }

  /// Runs the daemon until `signals` says stop. `queue` is the process's only one and must outlive this call.
  ///
  /// - Returns: The exit code: 0 after a stop, 1 for a wrong configuration, 3 for a node error.
  public static func run(
    _ options: Options, signals: AsyncStream<Signals.Event>, queue: CompletionQueue, log: Logger
  ) async -> Int32 {
    for note in options.notes { log.notice("the flag is accepted and has no effect", metadata: ["note": "\(note)"]) }
    var source = FollowedConfiguration(ConfigurationFiles(options))
    let (config, problems) = source.read()
    log.report(problems)
    guard let config else {
      let paths = source.files.paths
      log.critical("the configuration can't be used", metadata: ["files": "\(paths.joined(separator: ","))"])
      return 1
    }
    do {
      let host = try Host(options)
      defer { host.discard() }
      let plugin = Agent(options, config: config, source: source, host: host, queue: queue, log: log)
      try await plugin.serve(until: signals)
      return 0
    } catch {
      log.critical("node error", metadata: ["err": "\(error)"])
      return 3
    }
  }

  private init(
    _ options: Options, config: PluginConfig, source: FollowedConfiguration, host: Host,
    queue: CompletionQueue, log: Logger
  ) {
    self.options = options
    self.config = config
    self.source = source
    watcher = queue.watcher
    self.log = log
    startTime = Double(time(nil))
    counters.onNode { [startTime] in $0.lastReload = startTime }
    health = NodeHealth(interfacePatience: options.interfacePatience)
    record = PoolRecord(options, isRehearsal: host.recorded != nil, log: log)
    pools = NodePools(remembering: record.read(beside: config))
    (events, inbox) = AsyncStream.makeStream(of: Event.self)
    self.host = host
    missed = MissedEvents(
      directories: [options.kubelet.devicePlugins, options.kubelet.pluginsRegistry],
      kubeletSocket: options.kubelet.registrationSocket)
    // Before the host is read: what changes meanwhile is read again. A recorded host never changes. Without the sockets the
    // safety scan finds what changed.
    changes = host.recorded == nil ? try? NodeChanges() : nil
    reader = HostReader(host)
    mode = RegistrationMode(options.registration, in: options.kubelet)
    assignments = PodAssignments(kubelet: options.kubelet, queue: queue)
    reports = PartitionReports(log: log, counters: counters, featuresFile: options.featuresFile)
    trace = AllocationTrace(assignments: assignments, log: log)
    unifiedBus = reader.netlink.map { [inbox, root = host.root] in
      UnifiedBusNode(
        root: root, kubelet: options.kubelet, queue: queue, netlink: $0, cdi: options.cdi, log: log
      ) {
        inbox.yield(.rescan)
      }
    }
    let groups = RSDGroups(lockPath: "\(host.lockDirectory)/rbln-device-plugin.lock")
    npuFiles = NPUHostFiles(root: host.root, groups: groups)
    let effects = AllocationEffects(host, cdi: options.cdi, groups: groups)
    let plugin = DevicePluginFrontEnd(
      mode: mode,
      context: PoolContext(
        queue: queue, kubelet: options.kubelet, cdi: options.cdi, effects: effects,
        assignments: assignments, counters: counters, unifiedBus: unifiedBus, trace: trace, sockets: sockets,
        watcherPatience: options.watcherPatience, nobodyCame: { [inbox] in inbox.yield(.nobodyCame) }),
      log: log)
    frontEnd = FrontEnds(
      plugin, options, host, queue: queue, effects: effects, assignments: assignments, counters: counters, log: log
    ) { [inbox] in inbox.yield(.rescan) }
  }

  private func serve(until signals: AsyncStream<Signals.Event>) async throws(NodeFault) {
    let sockets = mode.socketDirectory(in: options.kubelet)
    try NodeFault.check(directory: sockets)
    let sources = EventSources(
      kubelet: frontEnd.directories, configuration: source.files.directories, signals: signals,
      changes: changes, watcher: watcher, inbox: inbox)
    self.sources = sources
    watchDirectories()
    log.info("starting", metadata: options.metadata(sockets: sockets, mode: mode))
    config.write(to: log, as: "configuration", files: source.files.paths)
    told.size(of: config, log)
    let status = options.listen.map { address in
      StatusEndpoint(address, log: log, silence: { [sockets = self.sockets] in EndpointCall.silence(of: sockets) }) {
        path in await self.drawing(of: path)
      }
    }
    let limit = options.watchdogSeconds
    let answerWatchdog = limit > 0 ? AnswerWatchdog(self.sockets, limit: .seconds(limit), log: log) : nil
    defer { answerWatchdog?.stop() }
    watchdog.begin("start", at: Self.now)
    await unifiedBus?.follow(config)
    host.root.reads.whenAnswered { [inbox, log] path in
      log.info("a file of the host answers again", metadata: ["path": "\(path)"])
      inbox.yield(.retryScan)
    }
    await rescan(.everything)
    if let view { safetyScan.note(await reader.fingerprints(of: view), at: Self.now) }
    watchdog.end(at: Self.now)
    schedule(.safetyScan, after: safetyInterval)
    for await event in events {
      if case .stop(let signal) = event {
        log.info("stopping", metadata: ["signal": "\(signal)"])
        break
      }
      watchdog.begin(event.name, at: Self.now)
      await handle(event)
      watchdog.end(at: Self.now)
    }
    sources.stop()
    // The pages' thread may wait for this actor, so the actor must not wait for the thread.
    await Task.detached { status?.stop() }.value
    await trace.stop()
    for timer in waiting.values { timer.cancel() }
    await unifiedBus?.stop()
    await frontEnd.stop()
    log.info("stopped")
  }

  private func handle(_ event: Event) async {
    switch event {
    case .kubelet(let event): await kubelet(event)
    case .configuration(let event):
      if source.files.concerns(event) { schedule(.reloadIfChanged, after: Self.burst) }
    case .changed: for change in changes?.take() ?? [] { await take(change) }
    case .nobodyCame: await answerAbsence()
    case .rescan: await rescan(unread)
    case .retryScan: await rescan(.everything)
    case .settle, .uses, .newUses:
      health.settle(at: Self.now)
      await apply()
    case .missedEvents: await lookForMissedEvents()
    case .safetyScan:
      await lookForMissedEvents()
      await reloadIfChanged()
      await lookAround()
      schedule(.safetyScan, after: safetyInterval)
    case .reload: await reload()
    case .reloadIfChanged: await reloadIfChanged()
    case .returnMemory: ThisProcess.returnMemory()
    case .stop: break
    }
  }

  private func take(_ change: NodeChanges.Change) async {
    switch change {
    case .devices(let scope):
      unread.formUnion(scope)
      schedule(.rescan, after: Self.burst)
      unifiedBus?.reconciler.soon()
    case .links(let names):
      // Links appear and disappear with every pod, but few of them are those of devices.
      if view.map({ NodeHealth.names($0.inventory.devices).isDisjoint(with: names) }) == false { await lookAtLinks() }
    }
  }

  /// Puts the event into the inbox after `delay`, unless it is waiting already.
  private func schedule(_ event: Event, after delay: Duration) {
    guard waiting[event] == nil else { return }
    waiting[event] = Task {
      guard (try? await Task.sleep(for: delay)) != nil else { return }
      waiting[event] = nil
      inbox.yield(event)
    }
  }

  // MARK: The host

  private func rescan(_ scope: NodeChanges.Scope) async {
    let began = ContinuousClock.now
    unread = .none
    // Report removed devices at once, because the kernel may delay the requests below.
    let known = view
    if let known, let left = await reader.withoutLostFunctions(known) {
      view = left
      await apply()
    }
    let (view, problems) = await reader.read(
      scope, since: known, for: config, unifiedBus: await unifiedBus?.engine.facts, late: rescanSoon)
    retry(after: problems)
    told.problems(problems, of: scope, log)
    told.profiles(from: reader.ddpSource(for: config), log)
    self.view = view
    health.observe(view, at: Self.now)
    reader.setUp(linksOf: config.sharedPools, in: view)
    await apply()
    counters.rescanned(took: ContinuousClock.now - began)
    // Memory is returned later, because there is often one more scan, and the lists are sent first.
    schedule(.returnMemory, after: .milliseconds(200))
  }

  private nonisolated var rescanSoon: @Sendable () -> Void { { [inbox] in inbox.yield(.rescan) } }

  /// Schedules another scan, because a file that can't be read now may be readable soon without an event. With a
  /// permanent problem the pauses grow up to the interval of the safety scan.
  private func retry(after problems: [InventoryProblem]) {
    guard !problems.isEmpty else { return }
    let isNew = problems.contains { told.isNew($0) }
    retryPause = isNew ? .seconds(1) : min(retryPause * 2, safetyInterval)
    if retryPause < safetyInterval { schedule(.retryScan, after: retryPause) }
  }

  /// The safety scan. Without the kernel's events everything is read.
  private func lookAround() async {
    guard safetyScan.isDue(config, at: Self.now) else { return await apply() }
    guard changes != nil, let view else { return await rescan(.everything) }
    let fingerprints = await reader.fingerprints(of: view)
    let isIncomplete = !told.problems.isEmpty || !view.hasAllFingerprints
    let scope = safetyScan.begin(fingerprints, isIncomplete: isIncomplete, at: Self.now)
    if let scope { return await rescan(scope) }
    let uses = await frontEnd.joining(await assignments.uses(among: pools.open, on: view.inventory))
    if !pools.confirm(uses, at: Self.now) { await apply() }
  }

  private func lookAtLinks() async {
    guard let known = view, let view = await reader.readLinks(known, late: rescanSoon) else { return }
    self.view = view
    let before = health
    health.observe(view, at: Self.now)
    if health.links != before.links { await apply() }
  }

  /// Finds out which pods have which devices, and passes the new partition to the front end.
  private func apply() async {
    guard let view else { return }
    var partition = pools.partition(view.inventory, config, health)
    if pools.needsAssignments(for: partition, at: Self.now) {
      let known = await assignments.uses(among: pools.open, on: view.inventory)
      let uses = await frontEnd.joining(known)
      health.observe(uses, of: view, at: Self.now)
      partition = pools.partition(view.inventory, config, health, uses: uses, at: Self.now)
      if !isReady { sweep(partition, held: uses?.units) }
      told.knowledge(of: known?.units, options.kubelet, log)
    }
    if !isReady, reader.netlink != nil { npuFiles.report(obstaclesOf: partition.pools, to: log) }
    pools.take(partition)
    reports.tell(of: partition)
    told.excess(of: partition, log)
    await frontEnd.apply(partition, snapshot: view)
    reports.publishFeatures(of: partition)
    record.keep(pools.worthRemembering(config))
    // Only now: `/readyz` would find no endpoint that waits for kubelet.
    isReady = true
    if let deadline = health.deadline { schedule(.settle, after: .seconds(max(0, deadline - Self.now))) }
    // No event reports the end of a pod.
    if pools.dependsOnUses { schedule(.uses, after: .seconds(5)) }
  }

  /// Runs before the first endpoint opens, because files that are written later are not stale.
  private func sweep(_ partition: PoolPartition, held: [HeldUnit]?) {
    let stale = StaleFiles(
      deviceInfoDirectory: host.deviceInfoDirectory, cdiDirectory: options.cdi == .off ? nil : host.cdiDirectory,
      held: held)
    for path in stale.remove(pools: partition.pools.map(\.config)) {
      log.info("removed a stale file", metadata: ["path": "\(path)"])
    }
  }

  // MARK: Configuration

  private func reloadIfChanged() async { if source.hasChanged { await reload() } }

  private func reload() async {
    let (config, problems) = source.read()
    log.report(problems)
    guard let config else {
      counters.refusedConfiguration()
      log.error("the new configuration can't be used; the running one stays")
      return
    }
    counters.tookConfiguration(at: Double(time(nil)))
    config.write(to: log, as: "configuration read again", files: source.files.paths)
    self.config = config
    told.size(of: config, log)
    pools.askAgain()
    await unifiedBus?.follow(config)
    await rescan(.everything)
    counters.keep(Set((config.pools + config.sharedPools).map(\.name)))
  }

  // MARK: kubelet

  private func answerAbsence() async {
    guard mode == .watcher, let view, await frontEnd.status().allSatisfy({ ($0.openStreams ?? 0) == 0 }),
      absence.callsForDirectRegistration(options, log)
    else { return }
    mode = .direct
    await frontEnd.change(to: .direct, view: view)
  }

  /// Without inotify the directories are checked every few seconds.
  private func watchDirectories() {
    if sources?.watchDirectories(log) == false { schedule(.missedEvents, after: .seconds(5)) }
  }

  /// Events can be lost, and a directory that is mounted over sends none.
  private func lookForMissedEvents() async {
    let finding = missed.look()
    if finding.directoryWasReplaced { log.warning("kubelet's directories were replaced") }
    if finding.directoryWasReplaced || sources?.watchesDirectories != true { watchDirectories() }
    await frontEnd.handle(.lookAgain)
    guard finding.kubeletHasStarted else { return }
    log.warning("kubelet has restarted without an event")
    await frontEnd.handle(options.kubelet.socketAppeared)
  }

  private func kubelet(_ event: DirectoryWatcher.Event) async {
    if event == options.kubelet.socketAppeared { _ = missed.noteKubelet() }
    await frontEnd.handle(event)
    guard pools.dependsOnUses, event == options.kubelet.checkpointAppeared else { return }
    // The pause lets kubelet list the pod that it has just admitted.
    schedule(.newUses, after: .milliseconds(1100))
  }

  static var now: Double { ContinuousClock.now.seconds }
}
