import Linux
public import Logging
import Synchronization

/// Serves `/metrics`, `/healthz`, `/readyz` and `/inventory`.
///
/// Healthy means that the event loop works and the server of each pool answers a call; ready means that kubelet has
/// opened the stream of every pool. Both ask the parts themselves, so that a part that hangs is noticed. A page is made
/// again only after a while (`PageAge`), however many clients ask for it, because the parts also serve kubelet.
///
/// Devices do not depend on the pages: an address that is in use is logged once and tried again every ten seconds.
public struct StatusEndpoint: Sendable {
  private let service: HTTPService?

  /// Makes a page from collected facts. It runs on the service's own thread, so that a large page does not delay the
  /// answers to kubelet.
  public typealias Drawing = @Sendable () -> HTTPService.Page

  /// Starts to serve.
  ///
  /// - Parameter silence: Returns the name of a pool whose server does not answer, or nil when all do; it may block for
  ///   a while.
  /// - Parameter drawing: Collects the facts of a page; after five seconds without a result the page reports status
  ///   503.
  public init(
    _ address: ListenAddress, log: Logger, silence: @escaping @Sendable () -> String?,
    drawing: @escaping @Sendable (_ path: String) async -> Drawing
  ) {
    let recent = RecentPages()
    do throws(HTTPService.Failure) {
      service = try HTTPService(
        address: address.host, port: address.port, large: StatusPages.largePaths,
        answer: { path in
          guard StatusPages.paths.contains(path) else { return StatusPages.notFound }
          return recent.page(path) {
            if path == "/healthz", let words = silence() { return HTTPService.Page(status: 503, body: "\(words)\n") }
            let draw = BlockingWait.value(within: Self.patience) { await drawing(path) }
            return draw?()
              ?? HTTPService.Page(status: 503, body: "the event loop has not answered within \(Self.patience) s\n")
          }
        }, report: { Self.tell($0, log) })
    } catch {
      service = nil
      Self.tell(.unavailable(error), log)
    }
  }

  /// Stops serving.
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

  /// Seconds. The service's own threads may block.
  private static let patience = 5
}

/// The last page of each path, which answers for a while.
private final class RecentPages: Sendable {
  private typealias Entry = (page: HTTPService.Page, end: ContinuousClock.Instant)
  private let pages = Mutex<[String: Entry]>([:])

  /// One thread alone asks for a path, so the page is made outside the lock.
  func page(_ path: String, _ make: () -> HTTPService.Page) -> HTTPService.Page {
    let began = ContinuousClock.now
    if let recent = pages.withLock({ $0[path] }), recent.end > began { return recent.page }
    // A page that is out of date need not be in memory beside the next.
    pages.withLock { $0[path] = nil }
    let page = make()
    let end = ContinuousClock.now
    pages.withLock { $0[path] = (page, end + PageAge.limit(of: path, status: page.status, madeIn: end - began)) }
    return page
  }
}
