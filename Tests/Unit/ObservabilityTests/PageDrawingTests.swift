import Dispatch
import Synchronization
import TestSupport
import Testing

@testable import Observability

/// A large page is made beside the others.
@Suite("Large pages") struct PageDrawingTests {
  /// Draws when it is allowed to.
  private final class Painter: Sendable {
    let began = Atomic(0)
    let permission = DispatchSemaphore(value: 0)

    func page(_ path: String) -> HTTPService.Page {
      if path.hasPrefix("/large") {
        let number = began.add(1, ordering: .relaxed).newValue
        permission.wait()
        return HTTPService.Page(status: 200, body: "\(path) \(number)\n")
      }
      return HTTPService.Page(status: 200, body: "ok\n")
    }

    func hasBegun(_ count: Int) async -> Bool { await eventually { self.began.load(ordering: .relaxed) == count } }
  }

  private static func request(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n" }

  @Test func aProbeDoesNotWaitForIt() async throws {
    let painter = Painter()
    let service = try RunningService(large: ["/large"], answer: painter.page)
    let port = try await service.port
    let first = try HTTPClient(port: port)
    first.send(Self.request("/large"))
    #expect(await painter.hasBegun(1))
    for _ in 0..<5 { #expect(try HTTPClient.page("/healthz", port: port)?.hasSuffix("\r\n\r\nok\n") == true) }
    let second = try HTTPClient(port: port)
    second.send(Self.request("/large"))
    // By now the second request was read: connections are in turn.
    #expect(try HTTPClient.page("/healthz", port: port) != nil)
    painter.permission.signal()
    #expect(first.rest()?.hasSuffix("\r\n\r\n/large 1\n") == true)
    #expect(second.rest()?.hasSuffix("\r\n\r\n/large 1\n") == true, "one page is made for both")
    let third = try HTTPClient(port: port)
    third.send(Self.request("/large"))
    painter.permission.signal()
    #expect(third.rest()?.hasSuffix("/large 2\n") == true)
    service.stop()
  }

  @Test func oneAtATime() async throws {
    let painter = Painter()
    let service = try RunningService(large: ["/large", "/large.json"], answer: painter.page)
    let port = try await service.port
    let page = try HTTPClient(port: port)
    page.send(Self.request("/large"))
    #expect(await painter.hasBegun(1))
    let other = try HTTPClient(port: port)
    other.send(Self.request("/large.json"))
    #expect(try HTTPClient.page("/healthz", port: port) != nil)
    #expect(painter.began.load(ordering: .relaxed) == 1)
    painter.permission.signal()
    #expect(page.rest()?.hasSuffix("/large 1\n") == true)
    #expect(await painter.hasBegun(2))
    painter.permission.signal()
    #expect(other.rest()?.hasSuffix("/large.json 2\n") == true)
  }

  @Test func nobodyWaitsForEver() async throws {
    let painter = Painter()
    var limits = HTTPLimits()
    limits.pageTime = .milliseconds(200)
    let service = try RunningService(large: ["/large"], limits: limits, answer: painter.page)
    let client = try HTTPClient(port: try await service.port)
    client.send(Self.request("/large"))
    #expect(client.rest() == "")
    // The end of the service does not wait for the page either.
    service.stop()
    painter.permission.signal()
  }
}
