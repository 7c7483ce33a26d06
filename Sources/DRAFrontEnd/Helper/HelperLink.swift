import HelperProtocol
import KubeletAPI
import Logging
import ResourcePools

/// The requests of the daemon to the API helper: publish slices, and look up claims.
actor HelperLink {
  private let context: DRAContext
  private let log: Logger
  private var server: HelperServer?
  private var hearing: Task<Void, Never>?
  private var lookups = ClaimLookups()
  private var hasHelper = false
  /// Whether a refused connection was logged since a helper came last: any process could fill the log with them.
  private var hasRefused = false
  private var isStopped = false
  /// Why the API server does not have the wanted slices; nil when it has them.
  private var problem: String?
  /// What should be published; nil while it is unknown.
  private var wanted: (pools: [PublishedPool], held: Set<String>)?
  /// Whether the API server drops taints, so that unhealthy devices must stay out of the slices.
  private var dropsTaints = false
  /// The lines that the connected helper got last; nil when it got none.
  private var told: [String]?
  private var revision = 0
  private var telling: Task<Void, Never>?
  private var pings = HelperPings()
  private var watching: Task<Void, Never>?
  /// Whether the log says that no helper is connected.
  private var isAbsenceTold = false

  /// The pause in which changes are collected for one write to the API.
  private static let burst = Duration.seconds(1)
  /// Kubelet waits 45 seconds for an answer.
  private static let lookupPatience = Duration.seconds(15)

  init(_ context: DRAContext, log: Logger) {
    self.context = context
    self.log = log
  }

  /// Listens for the helper; does nothing when it listens already.
  func open() throws(HelperServer.Failure) {
    guard server == nil, !isStopped else { return }
    // One task, so that the events keep their order.
    let (events, inbox) = AsyncStream.makeStream(of: HelperServer.Event.self)
    server = try HelperServer(path: context.helperSocket, user: context.helperUser) { inbox.yield($0) }
    log.info("waiting for the API helper", metadata: ["socket": "\(context.helperSocket)"])
    hearing = Task { [weak self] in
      for await event in events { await self?.heard(event) }
    }
    watching = Task { [weak self, pause = context.pauses.helper] in
      while (try? await Task.sleep(for: pause)) != nil { await self?.lookAtHelper() }
    }
  }

  func stop() {
    isStopped = true
    telling?.cancel()
    watching?.cancel()
    hearing?.cancel()
    server?.stop()
    server = nil
    lookups.failAll("the daemon stops")
  }

  /// Whether slices can be published and claims can be looked up.
  var state: PoolStatus.Helper {
    guard hasHelper else { return .fails("devicepool-api is not connected to \(context.helperSocket)") }
    if pings.isSilent { return .fails(silence) }
    return problem.map { .fails($0) } ?? .works
  }

  private var silence: String { "devicepool-api does not answer" }

  /// Logs that the helper is absent or hangs, and asks it whether it works.
  private func lookAtHelper() {
    guard hasHelper else {
      guard !isAbsenceTold, wanted?.pools.isEmpty == false else { return }
      isAbsenceTold = true
      return log.warning(
        "the API helper is not connected: no slices are published and no new claims are prepared",
        metadata: ["socket": "\(context.helperSocket)"])
    }
    let wasSilent = pings.isSilent
    if let id = pings.next() { return send(.ping(id: id)) }
    if !wasSilent {
      log.warning("the API helper does not answer: no slices are published and no new claims are prepared")
    }
  }

  private func answered(_ id: Int) {
    let wasSilent = pings.isSilent
    pings.answered(id)
    if wasSilent, !pings.isSilent { log.info("the API helper answers again") }
  }

  private func send(_ message: DaemonMessage) { server?.send([message.line]) }

  private func heard(_ event: HelperServer.Event) {
    switch event {
    case .connected: break
    case .message(.hello):
      hasHelper = true
      hasRefused = false
      isAbsenceTold = false
      pings.begin()
      log.info("the API helper is connected")
      send(.hello(driver: "\(context.driver)", node: context.node))
      told = nil
      dropsTaints = false
      tell()
    case .message(.published(let revision, let problem, let dropsTaints)):
      note(revision, problem)
      note(dropsTaints: dropsTaints)
    case .message(.claim(let id, let answer)): lookups.answer(id, answer)
    case .message(.pong(let id)): answered(id)
    case .refused(let reason):
      guard !hasRefused else { return }
      hasRefused = true
      log.warning("a connection to the API helper's socket is refused", metadata: ["err": "\(reason)"])
    case .disconnected(let reason):
      if hasHelper { log.warning("the API helper is gone", metadata: ["reason": "\(reason)"]) }
      hasHelper = false
      pings.begin()
      lookups.failAll("the API helper is gone: \(reason)")
    }
  }

  // MARK: Slices

  /// Publishes the slices of these pools in place of all others of the node. `held` are ids of units that claims have.
  func publish(_ pools: [PublishedPool], held: Set<String>) {
    let isFirst = wanted == nil
    wanted = (pools, held)
    if isFirst { return tell() }
    guard telling == nil else { return }
    telling = Task { [weak self] in
      guard (try? await Task.sleep(for: Self.burst)) != nil else { return }
      await self?.burstIsOver()
    }
  }

  private func burstIsOver() {
    telling = nil
    tell()
  }

  private func tell() {
    guard hasHelper, let wanted else { return }
    let pools = dropsTaints ? wanted.pools.map { $0.withoutSick(but: wanted.held) } : wanted.pools
    let slices = pools.flatMap { ResourceSlice.all(of: $0, driver: context.driver, node: context.node) }
      .map { DaemonMessage.slice($0.json(generation: 0)).line }
    guard slices != told else { return }
    told = slices
    revision += 1
    server?.send(slices + [DaemonMessage.publish(revision: revision, slices: slices.count).line])
  }

  private func note(_ revision: Int, _ problem: String?) {
    guard revision == self.revision else { return }
    if let problem, problem != self.problem {
      log.warning("slices are not published as they should be", metadata: ["err": "\(problem)"])
    }
    if problem == nil, self.problem != nil { log.info("slices are published again") }
    self.problem = problem
  }

  /// Notes that the API server drops taints. This holds until the helper connects again, because slices without taints
  /// do not show it.
  private func note(dropsTaints: Bool) {
    guard dropsTaints, !self.dropsTaints else { return }
    self.dropsTaints = true
    log.notice("the API server drops taints: sick devices are left out of the slices while no claim has them")
    tell()
  }

  // MARK: Claims

  func lookUp(_ claim: ClaimReference) async -> ClaimLookups.Answer {
    guard hasHelper else {
      return .failure(ClaimPlan.Refusal("devicepool-api is not connected: see the log of its container"))
    }
    guard !pings.isSilent else { return .failure(ClaimPlan.Refusal("\(silence): see the log of its container")) }
    return await withCheckedContinuation { continuation in
      let id = lookups.ask(continuation)
      send(.claim(id: id, namespace: claim.namespace, name: claim.name, uid: claim.uid))
      Task { [weak self] in
        try? await Task.sleep(for: Self.lookupPatience)
        await self?.giveUp(id)
      }
    }
  }

  private func giveUp(_ id: Int) {
    lookups.fail(id, "devicepool-api has not answered within \(Self.lookupPatience): see the log of its container")
  }
}
