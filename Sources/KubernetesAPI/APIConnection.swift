import CAPIClient
import JSONText

/// One connection to the API server; one request at a time.
final class APIConnection {
  struct Handlers {
    var head: (_ status: Int, _ retryAfter: Int?) -> Void
    var body: (UnsafeRawBufferPointer) -> Void
    /// Nil when the answer is complete. After a failure the connection cannot be used again.
    var end: (APIFailure?) -> Void
  }

  private let loop: ClientLoop
  private var connection: OpaquePointer?
  private let handlers: Handlers

  /// Connects with the first request.
  init(_ loop: ClientLoop, to cluster: Cluster, handlers: Handlers) throws(APIFailure) {
    self.loop = loop
    self.handlers = handlers
    let answer = capi_answer(
      head: { context, status, seconds in
        APIConnection.of(context)?.handlers.head(Int(status), seconds < 0 ? nil : Int(seconds))
      },
      body: { context, bytes, length in
        APIConnection.of(context)?.handlers.body(UnsafeRawBufferPointer(start: bytes, count: length))
      },
      end: { context, reason in
        APIConnection.of(context)?.handlers.end(reason.map { .connection(String(cString: $0)) })
      })
    var reason = [CChar](repeating: 0, count: 256)
    connection = capi_connection_new(
      loop.loop, cluster.host, cluster.port, cluster.authorities, answer, Unmanaged.passUnretained(self).toOpaque(),
      &reason, reason.count)
    guard connection != nil else {
      throw .connection(String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
  }

  deinit { if let connection { capi_connection_free(connection) } }

  /// The server has not closed it.
  var isUsable: Bool { connection.map { capi_connection_is_usable($0) != 0 } ?? false }

  /// Sends a request whose answer has failed after `seconds` without a byte.
  func send(_ request: APIRequest, token: String, seconds: Int) throws(APIFailure) {
    var body = request.body?.text(escaping: .minimal)
    let sent = Self.withBytes(of: &body) { bytes in
      request.method.rawValue.withCString { method in
        request.path.withCString { path in
          token.withCString { token in
            "application/json".withCString { type in
              var asked = capi_request()
              asked.method = method
              asked.path = path
              asked.token = token
              asked.content_type = type
              asked.body = bytes?.baseAddress
              asked.length = bytes?.count ?? 0
              asked.seconds = Int32(seconds)
              return capi_connection_send(connection, &asked)
            }
          }
        }
      }
    }
    guard sent == 0 else { throw .connection("the request can't be sent") }
  }

  private static func withBytes<Result>(
    of text: inout String?, _ use: (UnsafeBufferPointer<UInt8>?) -> Result
  ) -> Result {
    guard var words = text else { return use(nil) }
    return words.withUTF8 { use($0) }
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> APIConnection? {
    context.map { Unmanaged<APIConnection>.fromOpaque($0).takeUnretainedValue() }
  }
}
