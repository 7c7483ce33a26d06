import CHTTP
import Glibc

/// A few pages over HTTP/1.1, for probes and scrapes: one thread, GET and HEAD only, 10 s a connection.
///
/// Serves from `init` until `stop`, which must be called.
public final class HTTPService: Sendable {
  public struct Page: Sendable, Equatable {
    public var status: Int
    /// The media type.
    public var type: String
    public var body: String

    public init(status: Int, type: String = "text/plain; charset=utf-8", body: String) {
      self.status = status
      self.type = type
      self.body = body
    }
  }

  public struct Failure: Error, Equatable, CustomStringConvertible {
    public let address: String
    public let port: UInt16
    public let number: Int32

    public var description: String { "cannot listen on \(address):\(port): \(String(cString: strerror(number)))" }
  }

  /// What the C side calls back.
  private final class Pages: Sendable {
    let answer: @Sendable (String) -> Page
    init(answer: @escaping @Sendable (String) -> Page) { self.answer = answer }
  }

  /// The server may be told to stop from any thread; all else of it belongs to its own.
  private nonisolated(unsafe) let server: OpaquePointer
  private let thread: pthread_t
  private let pages: Pages
  public let port: UInt16

  /// `answer` runs on the service's thread and may take its time; nobody else is served meanwhile.
  public init(
    address: String, port: UInt16, answer: @escaping @Sendable (_ path: String) -> Page
  ) throws(Failure) {
    pages = Pages(answer: answer)
    let context = Unmanaged.passUnretained(pages).toOpaque()
    let created = chttp_server_create(
      address, port,
      { context, path, reply in
        guard let context, let path, let reply else { return }
        let page = Unmanaged<Pages>.fromOpaque(context).takeUnretainedValue().answer(String(cString: path))
        var body = page.body
        body.withUTF8 { bytes in
          bytes.withMemoryRebound(to: CChar.self) { chars in
            chttp_reply_set(reply, Int32(page.status), page.type, chars.baseAddress, chars.count)
          }
        }
      }, context)
    guard let created else { throw Failure(address: address, port: port, number: errno) }
    server = created
    self.port = chttp_server_port(created)
    var thread = pthread_t()
    let number = pthread_create(
      &thread, nil,
      { server in
        chttp_server_run(OpaquePointer(server))
        return nil
      }, UnsafeMutableRawPointer(created))
    guard number == 0 else {
      chttp_server_destroy(created)
      throw Failure(address: address, port: port, number: number)
    }
    self.thread = thread
  }

  /// Returns when no page is answered any more.
  public func stop() {
    chttp_server_stop(server)
    pthread_join(thread, nil)
    chttp_server_destroy(server)
  }
}
