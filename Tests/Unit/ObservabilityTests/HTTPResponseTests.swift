import Testing

@testable import Observability

@Suite("One answer over HTTP") struct HTTPResponseTests {
  private func text(_ response: HTTPResponse) -> String {
    var bytes: [UInt8] = []
    while bytes.count < response.count { bytes += response.withBytes(from: bytes.count) { Array($0.prefix(7)) } }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func isItsHeadAndItsPageFromAnyPlace() {
    let page = HTTPService.Page(status: 200, type: "text/html", policy: "img-src 'self'", body: "Gerät — ✓\n")
    let answer = text(HTTPResponse(page, to: .get))
    #expect(answer.hasSuffix("\r\n\r\nGerät — ✓\n"))
    #expect(answer.contains("\r\nContent-Length: \(page.body.utf8.count)\r\n"))
    #expect(answer.contains("Content-Security-Policy: img-src 'self'; base-uri 'none'; "))
    let head = text(HTTPResponse(page, to: .head))
    #expect(answer == head + page.body)
  }

  /// Sixteen clients that do not read hold one page, not sixteen.
  @Test func answersShareTheTextOfTheirPage() {
    let page = HTTPService.Page(status: 200, body: String(repeating: "x", count: 1 << 20))
    let places = (0..<2).map { _ in
      let response = HTTPResponse(page, to: .get)
      return response.withBytes(from: response.count - page.body.utf8.count) { $0.baseAddress }
    }
    #expect(places[0] != nil && places[0] == places[1])
  }
}
