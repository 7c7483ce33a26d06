import Linux
public import Logging
import Synchronization

/// `/metrics`, `/healthz` and `/readyz`.
///
/// Healthy means that the event loop takes its turns and each pool's server answers a call; ready, that kubelet has
/// opened the stream of every pool. Both are asked of the living parts, so that a stuck one shows. A page is made at
/// most ten times a second, however many ask for it: the parts have kubelet to serve.
///
/// Devices do not depend on the pages: an address that is taken is logged once and tried again every ten seconds.
public struct StatusEndpoint: Sendable {
  private let service: HTTPService?

  /// - Parameter silence: names a pool whose server does not answer, nil when all do; it may block for a while.
  /// - Parameter page: makes a page, or takes too long for it.
  public init(
    _ address: ListenAddress, log: Logger, silence: @escaping @Sendable () -> String?,
    page: @escaping @Sendable (_ path: String) async -> HTTPService.Page
  ) {
    let recent = RecentPages()
    do throws(HTTPService.Failure) {
      service = try HTTPService(
        address: address.host, port: address.port,
        answer: { path in
          guard StatusPages.paths.contains(path) else { return StatusPages.notFound }
          return recent.page(path) {
            if path == "/healthz", let words = silence() { return HTTPService.Page(status: 503, body: "\(words)\n") }
            return BlockingWait.value(within: Self.patience) { await page(path) }
              ?? HTTPService.Page(status: 503, body: "the event loop has not answered within \(Self.patience) s\n")
          }
        }, report: { Self.tell($0, log) })
    } catch {
      service = nil
      Self.tell(.unavailable(error), log)
    }
  }

  public func stop() { service?.stop() }

  private static func tell(_ event: HTTPService.Event, _ log: Logger) {
    switch event {
    case .listening(let port): log.info("status pages are served", metadata: ["port": "\(port)"])
    case .unavailable(let failure):
      log.error(
        "status pages are not served, devices are: free the address or change -listen",
        metadata: ["err": "-listen: \(failure)"])
    }
  }

  /// Seconds. The service's own thread may block.
  private static let patience = 5
}

/// The last page of each path, which answers for a tenth of a second.
private final class RecentPages: Sendable {
  /// `/healthz` costs a call of each pool's server.
  private static func age(of path: String) -> Duration { path == "/healthz" ? .seconds(1) : .milliseconds(100) }
  private let pages = Mutex<[String: (page: HTTPService.Page, made: ContinuousClock.Instant)]>([:])

  /// The service's thread alone asks, so the page is made outside the lock.
  func page(_ path: String, _ make: () -> HTTPService.Page) -> HTTPService.Page {
    if let recent = pages.withLock({ $0[path] }), recent.made + Self.age(of: path) > .now { return recent.page }
    let page = make()
    pages.withLock { $0[path] = (page, .now) }
    return page
  }
}
