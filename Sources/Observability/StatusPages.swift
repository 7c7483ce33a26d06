public import ResourcePools

/// The contents of all pages except the inventory, from one look at the daemon's parts.
public struct StatusPages: Sendable {
  let ubDevices: [UBDeviceUse]
  /// What is wrong with the event loop; nil when it works.
  let fault: String?
  /// Whether the host was read, so that the pools are known.
  let hasStarted: Bool
  let statuses: [PoolStatus]
  /// Pools without a device, which have no endpoint.
  let empty: [ResourceName]
  let counters: Counters
  /// Seconds since 1970.
  let startTime: Double
  /// The number of units that containers and claims have, by resource; nil when kubelet does not report it.
  let inUse: [ResourceName: Int]?
  /// Files of the host that do not answer a read.
  let silentFiles: [String]

  /// Combines the facts for all pages. `startTime` is in seconds since 1970; `inUse` is nil when kubelet does not
  /// report it.
  public init(
    fault: String?, hasStarted: Bool, statuses: [PoolStatus], empty: [ResourceName], counters: Counters,
    startTime: Double, inUse: [ResourceName: Int]?, ubDevices: [UBDeviceUse] = [],
    silentFiles: [String] = []
  ) {
    self.silentFiles = silentFiles
    self.inUse = inUse
    self.ubDevices = ubDevices
    self.fault = fault
    self.hasStarted = hasStarted
    self.statuses = statuses
    self.empty = empty
    self.counters = counters
    self.startTime = startTime
  }

  /// Makes the page of a path, e.g. `/readyz`; status 404 for an unknown path.
  public func page(_ path: String) -> HTTPService.Page {
    switch path {
    case "/": return Self.landing
    case "/healthz": return fault.map { HTTPService.Page(status: 503, body: "\($0)\n") } ?? Self.fine
    case "/readyz": return readiness
    case "/metrics":
      let text = Metrics(
        pools: statuses, counters: counters, startTime: startTime, inUse: inUse, ubDevices: ubDevices,
        silentFiles: silentFiles.count
      ).text
      return HTTPService.Page(status: 200, type: "text/plain; version=0.0.4; charset=utf-8", body: text)
    default: return Self.notFound
    }
  }

  static let paths: Set<String> = ["/", "/healthz", "/readyz", "/metrics", "/inventory", "/inventory.json"]
  /// Those that grow with the host.
  static let largePaths: Set<String> = ["/inventory", "/inventory.json"]
  static let notFound = HTTPService.Page(
    status: 404, body: "there are /inventory, /inventory.json, /metrics, /healthz and /readyz\n")
  /// The answer of pages that show the host, before the host was read.
  public static let unread = HTTPService.Page(status: 503, body: "the host has not been read yet\n")

  /// What there is, for people with a browser.
  private static let landing = HTTPService.Page(
    status: 200, type: "text/html; charset=utf-8",
    body: """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>devicepool</title>
      </head>
      <body>
      <h1>devicepool \(Version.number)</h1>
      <ul>
      <li><a href="/inventory">/inventory</a>: the devices of this node, their pools and pods</li>
      <li><a href="/inventory.json">/inventory.json</a>: the same for programs</li>
      <li><a href="/readyz">/readyz</a>: whether kubelet watches every pool</li>
      <li><a href="/healthz">/healthz</a>: whether the event loop takes its turns</li>
      <li><a href="/metrics">/metrics</a>: for Prometheus</li>
      </ul>
      </body>
      </html>

      """)

  private static let fine = HTTPService.Page(status: 200, body: "ok\n")

  /// One line a pool; the first line says what a probe's log shows.
  private var readiness: HTTPService.Page {
    guard hasStarted else { return Self.unread }
    // A pool that the configuration no longer has may wait for a predecessor that still serves it.
    let waiting = statuses.count { $0.obstacle != nil && !$0.pool.config.isRetired }
    var lines = [waiting == 0 ? "ok" : "\(waiting) of \(statuses.count) pools are not ready"]
    lines += statuses.map { status in
      let state = "\(status.pool.name): \(status.obstacle ?? "ready")"
      // Its container has probes of its own, and the device plugin needs no helper.
      if case .fails(let reason)? = status.helper { return "\(state); slices and new claims wait: \(reason)" }
      return state
    }
    lines += empty.map { "\($0): no device on this node, so no endpoint" }
    // Other devices are served: this is for people, not for the probe.
    lines += silentFiles.map { "\($0): no answer, so its device is not offered" }
    return HTTPService.Page(status: waiting == 0 ? 200 : 503, body: lines.joined(separator: "\n") + "\n")
  }
}
