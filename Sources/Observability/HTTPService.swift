import Glibc
import Linux

/// Serves a few pages over HTTP/1.1 for probes and scrapers: one thread, GET and HEAD only, one request for each
/// connection.
///
/// It serves from `init` until `stop`, which must be called. `HTTPLimits` limits what clients can use, whatever their
/// number and requests. It is own code of 400 lines, because libevent's evhttp queues answers without a limit for a
/// client that pipelines requests and does not read, limits neither connections nor the time of a request, and prints
/// to standard error.
public final class HTTPService: Sendable {
  /// The answer to a request.
  public struct Page: Sendable, Equatable {
    /// The HTTP status code.
    public var status: Int
    /// The media type (Content-Type).
    public var type: String
    /// Directives of the Content-Security-Policy: what a browser may load and run for the page.
    public var policy: String
    /// The text, sent as UTF-8.
    public var body: String

    /// Creates a page; without a policy, a browser loads nothing for it.
    public init(
      status: Int, type: String = "text/plain; charset=utf-8", policy: String = "default-src 'none'", body: String
    ) {
      self.status = status
      self.type = type
      self.policy = policy
      self.body = body
    }
  }

  /// Why pages can't be served.
  struct Failure: Error, Equatable, CustomStringConvertible {
    let address: String
    let port: UInt16
    let reason: String

    var description: String { "cannot listen on \(address):\(port): \(reason)" }
  }

  /// A change in whether the address is served.
  enum Event: Sendable, Equatable {
    /// The address is served. `port` is the one that the kernel chose for port 0.
    case listening(port: UInt16)
    /// The address can't be served; it is tried again every ten seconds.
    case unavailable(Failure)
  }

  private let stopSignal: Descriptor
  private let drawing: PageDrawing
  private let thread: DedicatedThread

  /// Starts the thread. `answer` runs on it, while other clients wait, and for the paths of `large` on a thread of its own.
  /// It may block. `report` runs on the service's thread.
  convenience init(
    address: String, port: UInt16, large: Set<String>, answer: @escaping @Sendable (_ path: String) -> Page,
    report: @escaping @Sendable (Event) -> Void
  ) throws(Failure) {
    try self.init(address: address, port: port, large: large, limits: HTTPLimits(), answer: answer, report: report)
  }

  init(
    address: String, port: UInt16, large: Set<String> = [], limits: HTTPLimits,
    answer: @escaping @Sendable (_ path: String) -> Page, report: @escaping @Sendable (Event) -> Void
  ) throws(Failure) {
    let stop: Descriptor
    do throws(Errno) {
      stop = try Descriptor.eventCounter()
      drawing = try PageDrawing(answer)
    } catch {
      throw Failure(address: address, port: port, reason: "\(error)")
    }
    stopSignal = stop
    let loop = HTTPLoop(
      host: address, port: port, limits: limits, stop: stop, drawing: drawing,
      answer: { large.contains($0) ? nil : answer($0) }, report: report)
    thread = DedicatedThread(name: "status-pages") {
      var loop = loop
      loop.run()
    }
  }

  /// Stops serving; returns when no page is answered any more.
  func stop() {
    drawing.stop()
    stopSignal.signal()
    thread.join()
  }
}
