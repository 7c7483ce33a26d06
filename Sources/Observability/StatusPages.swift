public import ResourcePools

/// What `/metrics`, `/healthz` and `/readyz` answer, from one look at the daemon's parts.
public struct StatusPages {
  /// What is wrong with the event loop; nil: nothing.
  let fault: String?
  /// The host was read once, so that pools are known.
  let hasStarted: Bool
  let statuses: [PoolStatus]
  /// Pools without a device, which have no endpoint.
  let empty: [ResourceName]
  let counters: Counters
  /// Seconds since 1970.
  let startTime: Double

  public init(
    fault: String?, hasStarted: Bool, statuses: [PoolStatus], empty: [ResourceName], counters: Counters,
    startTime: Double
  ) {
    self.fault = fault
    self.hasStarted = hasStarted
    self.statuses = statuses
    self.empty = empty
    self.counters = counters
    self.startTime = startTime
  }

  public func page(_ path: String) -> HTTPService.Page {
    switch path {
    case "/healthz": return fault.map { HTTPService.Page(status: 503, body: "\($0)\n") } ?? Self.fine
    case "/readyz": return readiness
    case "/metrics":
      let text = Metrics(pools: statuses, counters: counters, startTime: startTime).text
      return HTTPService.Page(status: 200, type: "text/plain; version=0.0.4; charset=utf-8", body: text)
    default: return Self.notFound
    }
  }

  static let paths: Set<String> = ["/healthz", "/readyz", "/metrics"]
  static let notFound = HTTPService.Page(status: 404, body: "there are /metrics, /healthz and /readyz\n")

  private static let fine = HTTPService.Page(status: 200, body: "ok\n")

  /// One line a pool; the first line says what a probe's log shows.
  private var readiness: HTTPService.Page {
    guard hasStarted else { return HTTPService.Page(status: 503, body: "the host has not been read yet\n") }
    let waiting = statuses.count { $0.obstacle != nil }
    var lines = [waiting == 0 ? "ok" : "\(waiting) of \(statuses.count) pools are not ready"]
    lines += statuses.map { "\($0.pool.name): \($0.obstacle ?? "ready")" }
    lines += empty.map { "\($0): no device on this node, so no endpoint" }
    return HTTPService.Page(status: waiting == 0 ? 200 : 503, body: lines.joined(separator: "\n") + "\n")
  }
}
