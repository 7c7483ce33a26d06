import Glibc
import Linux

/// A few pages over HTTP/1.1, for probes and scrapes: one thread for clients and one for large pages, GET and HEAD only, one
/// request a connection.
///
/// Serves from `init` until `stop`, which must be called. `HTTPLimits` bounds what clients can take, whatever their
/// number and their requests. Own code, 500 lines: libevent's evhttp queues answers without a limit for a client that
/// pipelines requests and does not read, bounds neither connections nor the time of a request, and prints to standard
/// error.
public final class HTTPService: Sendable {
  public struct Page: Sendable, Equatable {
    public var status: Int
    /// The media type.
    public var type: String
    /// What a browser may load and run for the page: directives of a Content-Security-Policy.
    public var policy: String
    public var body: String

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
  public struct Failure: Error, Equatable, CustomStringConvertible {
    public let address: String
    public let port: UInt16
    public let reason: String

    public var description: String { "cannot listen on \(address):\(port): \(reason)" }
  }

  /// A change in whether the address is served.
  public enum Event: Sendable, Equatable {
    /// `port` is the one that the kernel chose when 0 was asked for.
    case listening(port: UInt16)
    /// The address is tried again every ten seconds.
    case unavailable(Failure)
  }

  private let stopSignal: Descriptor
  private let drawing: PageDrawing
  private let thread: DedicatedThread

  /// `answer` runs on the service's thread, where other clients wait meanwhile, and for the paths of `large` on a thread of
  /// its own. It may block. `report` runs on the service's thread.
  public convenience init(
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

  /// Returns when no page is answered any more.
  public func stop() {
    drawing.stop()
    stopSignal.signal()
    thread.join()
  }
}
