/// The bytes of one answer. Each says that the connection ends with it.
struct HTTPResponse: Sendable {
  let bytes: [UInt8]

  /// `method` is nil when the request could not be read.
  init(_ page: HTTPService.Page, to method: HTTPRequest.Method?) {
    let body = page.body.utf8
    let head = """
      HTTP/1.1 \(page.status) \(Self.reason(page.status))\r
      Content-Type: \(page.type)\r
      Cache-Control: no-store\r
      Content-Length: \(body.count)\r
      Connection: close\r
      \r

      """
    bytes = Array(head.utf8) + (method == .head ? [] : Array(body))
  }

  init(_ refusal: HTTPRequest.Refusal) {
    let body = "\(Self.reason(refusal.rawValue)): only GET and HEAD of a path by HTTP/1.0 or HTTP/1.1 are answered\n"
    self.init(HTTPService.Page(status: refusal.rawValue, body: body), to: nil)
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
