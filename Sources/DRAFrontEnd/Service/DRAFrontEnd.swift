public import Effects
import GRPC
import HelperProtocol
public import HostInventory
import KubeletAPI
public import Linux
public import Logging
public import ResourcePools

/// Serves pools by Dynamic Resource Allocation: tells the API helper which slices to publish, and kubelet which devices a
/// claim has. Nothing is opened before there is a pool, or a claim of an earlier run.
public actor DRAFrontEnd: FrontEnd {
  /// Kubelet's plugin registry, where it is there.
  public nonisolated let directories: Set<String>

  private let context: DRAContext
  private let log: Logger
  private let link: HelperLink
  private let claims: ClaimService
  private let health = HealthStreams()
  private let endpoint: DRAEndpoint
  private var pools: [OfferedPool] = []
  private var isServing = false
  /// Why it could not be served when it was tried last; nil: it could.
  private var trouble: String?
  private var retry: Task<Void, Never>?

  private static let retryDelay = Duration.seconds(5)

  public init(_ context: DRAContext, log: Logger) {
    self.context = context
    self.log = log
    let registry = context.kubelet.pluginsRegistry
    directories = FileKind(path: registry) == .directory ? [registry] : []
    link = HelperLink(context, log: log)
    claims = ClaimService(context, link: link, log: log)
    endpoint = DRAEndpoint(context, methods: Self.methods(claims, health), log: log)
  }

  /// Units that prepared claims have. From now on claims are prepared only from the named pools, so that the answer holds.
  public func held(offering names: Set<ResourceName>) async -> [HeldUnit] {
    await claims.offerOnly(names)
    return await claims.held
  }

  public func apply(_ partition: PoolPartition, snapshot: HostSnapshot) async {
    pools = partition.pools.map { OfferedPool($0, for: context) }
    await claims.offer(pools, on: snapshot)
    if !isServing {
      // A node that had claims once goes on: kubelet may want to give some back.
      let holdsClaims = await claims.holdsClaims
      guard !pools.isEmpty || holdsClaims else { return }
      isServing = true
    }
    await serve()
    health.tell(pools)
    let held = Set(await claims.held.map(\.unit))
    await link.publish(
      HelperLink.Slices(
        tainted: lines(pools.map(\.published)), withoutSick: lines(pools.map { $0.published.withoutSick(but: held) })))
  }

  private func lines(_ pools: [PublishedPool]) -> [String] {
    pools.flatMap { pool in
      ResourceSlice.all(of: pool, driver: context.driver, node: context.node)
        .map { DaemonMessage.slice($0.json(generation: 0)).line }
    }
  }

  /// Opens what is not open, and tries again in a while when something can't be opened.
  ///
  /// During an update the predecessor still has the sockets. The checkpoint is read once more when they are free, and the
  /// helper, which publishes, is heard after that.
  private func serve() async {
    do {
      try await claims.prepareDirectory()
      guard await claims.fault == nil else { return }
      try await endpoint.open()
      await claims.takeOver()
      try await link.open()
      trouble = nil
    } catch {
      if trouble == nil { log.error("cannot serve by DRA", metadata: ["err": "\(error)"]) }
      trouble = "\(error)"
      retry?.cancel()
      retry = Task { [weak self] in
        guard (try? await Task.sleep(for: Self.retryDelay)) != nil else { return }
        await self?.serve()
      }
    }
  }

  public func handle(_ event: DirectoryWatcher.Event) async {
    guard isServing else { return }
    switch event {
    case .appeared(context.kubelet.pluginsRegistry, _), .vanished(context.kubelet.pluginsRegistry, _), .lookAgain:
      await endpoint.checkSockets()
    case .appeared, .vanished, .written: break
    }
  }

  /// Why claims are not served; nil: they are.
  public func obstacle() async -> String? {
    if let fault = await claims.fault { return fault }
    if let trouble { return trouble }
    if let obstacle = await endpoint.obstacle { return obstacle }
    return await link.obstacle
  }

  /// A pool without devices is published, and nobody misses it.
  public func status() async -> [PoolStatus] {
    guard !pools.isEmpty else { return [] }
    let obstacle = await obstacle()
    return pools.filter { !$0.pool.units.isEmpty }
      .map { PoolStatus(pool: $0.pool, openStreams: nil, obstacle: obstacle) }
  }

  /// Slices, specs and the checkpoint stay: pods run on.
  public func stop() async {
    retry?.cancel()
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
  /// Version v1beta1 does not know them.
  fileprivate mutating func forgetShares() {
    for claim in claims.indices {
      for device in claims[claim].devices.indices { claims[claim].devices[device].share = "" }
    }
  }
}
