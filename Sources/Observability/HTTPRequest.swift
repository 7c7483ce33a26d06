/// What a page needs of a request: its first line.
struct HTTPRequest: Sendable, Equatable {
  enum Method: Sendable { case get, head }

  /// Why a request gets no page. The raw value is the status code (RFC 9110, section 15; RFC 6585 for 431).
  enum Refusal: Int, Error, Sendable {
    case malformed = 400
    case headTooLong = 431
    case unknownMethod = 501
    case unknownVersion = 505
  }

  let method: Method
  /// Without the query.
  let path: String

  /// Reads a request line, `GET /path?query HTTP/1.1`, without its line end. Only a path is taken as the target, since
  /// the service is not used through a proxy.
  init(line: some Collection<UInt8>) throws(Refusal) {
    let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard words.count == 3 else { throw .malformed }
    guard words[2].starts(with: "HTTP/".utf8) else { throw .malformed }
    guard words[2].elementsEqual("HTTP/1.1".utf8) || words[2].elementsEqual("HTTP/1.0".utf8) else {
      throw .unknownVersion
    }
    if words[0].elementsEqual("GET".utf8) {
      method = .get
    } else if words[0].elementsEqual("HEAD".utf8) {
      method = .head
    } else {
      throw .unknownMethod
    }
    let target = words[1].prefix { $0 != UInt8(ascii: "?") }
    // What is not printable ASCII has no place in a target (RFC 3986).
    guard target.first == UInt8(ascii: "/"), target.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { throw .malformed }
    path = String(decoding: target, as: UTF8.self)
  }
}
