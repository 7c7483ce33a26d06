/// One answer: a head of its own, and the page's text, which all answers of that page share.
///
/// Each says that the connection ends with it.
struct HTTPResponse: Sendable {
  private let head: [UInt8]
  private let body: String
  /// Bytes of the whole answer.
  let count: Int

  /// `method` is nil when the request could not be read.
  init(_ page: HTTPService.Page, to method: HTTPRequest.Method?) {
    // A page is shown in no frame of another, sends no form, and is what its type says.
    let head = """
      HTTP/1.1 \(page.status) \(Self.reason(page.status))\r
      Content-Type: \(page.type)\r
      Cache-Control: no-store\r
      Content-Security-Policy: \(page.policy); base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r
      X-Content-Type-Options: nosniff\r
      Content-Length: \(page.body.utf8.count)\r
      Connection: close\r
      \r

      """
    self.head = Array(head.utf8)
    body = method == .head ? "" : page.body
    count = self.head.count + body.utf8.count
  }

  init(_ refusal: HTTPRequest.Refusal) {
    let body = "\(Self.reason(refusal.rawValue)): only GET and HEAD of a path by HTTP/1.0 or HTTP/1.1 are answered\n"
    self.init(HTTPService.Page(status: refusal.rawValue, body: body), to: nil)
  }

  /// Calls `send` with bytes of the answer from `start` on, as many as lie together.
  func withBytes<Result>(from start: Int, _ send: (UnsafeRawBufferPointer) -> Result) -> Result {
    if start < head.count { return head[start...].withUnsafeBytes(send) }
    let offset = start - head.count
    let answer = body.utf8.withContiguousStorageIfAvailable { bytes in
      send(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[offset...]))
    }
    // Swift's own strings are contiguous; others would be copied.
    return answer ?? Array(body.utf8)[offset...].withUnsafeBytes(send)
  }

  /// The phrases of RFC 9110. A client reads the number alone.
  private static func reason(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 400: "Bad Request"
    case 404: "Not Found"
    case 431: "Request Header Fields Too Large"
    case 501: "Not Implemented"
    case 503: "Service Unavailable"
    case 505: "HTTP Version Not Supported"
    default: "Status"
    }
  }
}
