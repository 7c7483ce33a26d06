public import Effects
import GRPC
import HelperProtocol
public import HostInventory
public import KubeletAPI
public import Linux
public import Logging
public import ResourcePools

/// Serves pools by Dynamic Resource Allocation: the API helper publishes their slices, and kubelet calls the service to
/// prepare claims.
///
/// No socket is opened before there is a pool, or a prepared claim of an earlier run. Kubelet's sockets are closed when the
/// last pool and the last claim have gone.
public actor DRAFrontEnd: FrontEnd {
  /// kubelet's plugin registry, if it exists.
  public nonisolated let directories: Set<String>

  private let context: DRAContext
  private let log: Logger
  private let link: HelperLink
  private let claims: ClaimService
  private let health = HealthStreams()
  private let endpoint: DRAEndpoint
  private var pools: [OfferedPool] = []
  private var isServing = false
  /// Why the last attempt to serve failed; nil once one has succeeded.
  private var trouble: String?
  private var retry: Task<Void, Never>?
  /// Waits until kubelet's sockets are no longer needed.
  private var closing: Task<Void, Never>?
  /// The sockets are not opened while they are being closed.
  private let turns = Turns()

  private static let retryDelay = Duration.seconds(5)

  /// Opens nothing yet; `apply` does when there is a pool or a prepared claim.
  public init(_ context: DRAContext, log: Logger) {
    self.context = context
    self.log = log
    let registry = context.kubelet.pluginsRegistry
    directories = FileKind(path: registry) == .directory ? [registry] : []
    link = HelperLink(context, log: log)
    claims = ClaimService(context, link: link, log: log)
    endpoint = DRAEndpoint(context, methods: Self.methods(claims, health), log: log)
  }

  /// Returns the units of prepared claims. From then on only pools of these names get new claims, so that the answer
  /// stays true.
  public func held(offering names: Set<ResourceName>) async -> [HeldUnit] {
    await claims.offerOnly(names)
    return await claims.held
  }

  /// The units of prepared claims, also of shared pools.
  public func units() async -> [ClaimedUnit] { await claims.units }

  /// Reads the units of prepared claims from the checkpoint of a daemon that may be running.
  ///
  /// - Returns: An empty list when there is no checkpoint, or when it can't be read.
  public static func units(of driver: DriverName, in kubelet: KubeletDirectory) -> [ClaimedUnit] {
    let store = ClaimStore(
      driver: driver, directory: "\(kubelet.plugins)/\(driver)", cdiDirectory: "", deviceInfoDirectory: "")
    return (try? store.read())?.units(driver: driver) ?? []
  }

  /// Serves these pools, and publishes their slices by the helper.
  public func apply(_ partition: PoolPartition, snapshot: HostSnapshot) async {
    pools = partition.pools.map { OfferedPool($0, for: context) }
    await claims.offer(pools, on: snapshot)
    if !isServing {
      // With prepared claims the service must run without a pool too: kubelet may unprepare them.
      let holdsClaims = await claims.holdsClaims
      guard !pools.isEmpty || holdsClaims else { return }
      isServing = true
    }
    await serve()
    health.tell(pools)
    await link.publish(pools.map(\.published), held: Set(await claims.held.map(\.unit)))
    if pools.isEmpty { closeWhenIdle() }
  }

  /// Closes kubelet's sockets as soon as no pool and no claim needs them, so that kubelet does not know a driver that
  /// serves nothing. The helper stays connected.
  private func closeWhenIdle() {
    guard closing == nil else { return }
    closing = Task { [weak self, pause = context.pauses.idle] in
      while (try? await Task.sleep(for: pause)) != nil {
        guard await self?.closeIfIdle() == false else { return }
      }
    }
  }

  /// - Returns: Whether there is nothing more to wait for: the sockets are closed, or a pool needs them.
  private func closeIfIdle() async -> Bool {
    await turns.begin()
    defer { turns.end() }
    if pools.isEmpty, await claims.holdsClaims { return false }
    closing = nil
    guard pools.isEmpty, isServing else { return true }
    isServing = false
    retry?.cancel()
    trouble = nil
    health.stop()
    await claims.release()
    await endpoint.close()
    log.info("no pool is served by DRA any more", metadata: ["driver": "\(context.driver)"])
    return true
  }

  /// Opens what is not open, and tries again after a pause when that fails.
  ///
  /// During an update the predecessor still has the sockets. When they are free, the checkpoint is read again; the
  /// helper is let in after that, because it publishes.
  private func serve() async {
    await turns.begin()
    defer { turns.end() }
    guard isServing else { return }
    do {
      try await claims.prepareDirectory()
      // Somebody has to remove or mend the checkpoint, of which no event tells.
      guard await claims.fault == nil else { return serveLater() }
      try await endpoint.open()
      await claims.takeOver()
      try await link.open()
      trouble = nil
    } catch {
      if trouble == nil { log.error("cannot serve by DRA", metadata: ["err": "\(error)"]) }
      trouble = "\(error)"
      serveLater()
    }
  }

  private func serveLater() {
    retry?.cancel()
    retry = Task { [weak self] in
      guard (try? await Task.sleep(for: Self.retryDelay)) != nil else { return }
      await self?.serve()
    }
  }

  /// Looks at the sockets again when something in kubelet's plugin registry has changed.
  public func handle(_ event: DirectoryWatcher.Event) async {
    guard isServing else { return }
    switch event {
    case .appeared(context.kubelet.pluginsRegistry, _), .vanished(context.kubelet.pluginsRegistry, _), .lookAgain:
      await endpoint.checkSockets()
    case .appeared, .vanished, .written: break
    }
  }

  /// Why kubelet does not call the driver, or is given nothing; nil when it is served.
  private func obstacle() async -> String? {
    if let fault = await claims.fault { return fault }
    if let trouble { return trouble }
    return await endpoint.obstacle
  }

  /// The pools that have devices, with a common obstacle. A pool without devices is not counted.
  public func status() async -> [PoolStatus] {
    guard !pools.isEmpty else { return [] }
    let obstacle = await obstacle()
    let helper = await link.state
    return pools.filter { !$0.pool.units.isEmpty }
      .map { PoolStatus(pool: $0.pool, openStreams: nil, obstacle: obstacle, helper: helper) }
  }

  /// Closes the sockets. Slices, specs and the checkpoint stay for running pods.
  public func stop() async {
    retry?.cancel()
    closing?.cancel()
    health.stop()
    await endpoint.stop()
    await link.stop()
  }

  private static func methods(_ claims: ClaimService, _ health: HealthStreams) -> [String: RPCMethod] {
    var methods: [String: RPCMethod] = [:]
    for version in DRAMethod.Version.allCases {
      methods[DRAMethod.prepare(version)] = .unary { request throws(RPCStatus) in
        var answer = await claims.prepare(try ClaimList.decoded(request))
        if version == .v1beta1 { answer.forgetShares() }
        return ByteBuffer(answer.encoded())
      }
      methods[DRAMethod.unprepare(version)] = .unary { request throws(RPCStatus) in
        ByteBuffer(await claims.unprepare(try ClaimList.decoded(request)).encoded())
      }
    }
    for version in DRAMethod.HealthVersion.allCases {
      methods[DRAMethod.watchHealth(version)] = .serverStream { _, stream throws(RPCStatus) in
        try await health.serve(stream)
      }
    }
    return methods
  }
}

extension PreparedClaims {
  /// Removes the share ids, which version v1beta1 does not have.
  fileprivate mutating func forgetShares() {
    for claim in claims.indices {
      for device in claims[claim].devices.indices { claims[claim].devices[device].share = "" }
    }
  }
}
