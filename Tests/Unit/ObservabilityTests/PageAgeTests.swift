import Logging
import Synchronization
import TestSupport
import Testing

@testable import Observability

@Suite("How often a page is made") struct PageAgeTests {
  @Test(arguments: [
    ("/metrics", Duration.seconds(1), Duration.milliseconds(100)), ("/healthz", .zero, .seconds(1)),
    ("/inventory", .milliseconds(10), .seconds(2)), ("/inventory", .milliseconds(400), .seconds(8)),
    ("/inventory.json", .seconds(2), .seconds(40)),
  ]) func theInventoryTakesATwentiethOfAProcessor(_ path: String, _ cost: Duration, _ age: Duration) {
    #expect(PageAge.limit(of: path, status: 200, madeIn: cost) == age)
  }

  @Test func thatTheHostIsNotReadYetIsToldForAMoment() {
    #expect(PageAge.limit(of: "/inventory", status: 503, madeIn: .milliseconds(1)) == .milliseconds(100))
  }

  /// However many ask, the agent and kubelet are asked once.
  @Test func aLoopOfClientsHasOnePageMade() async throws {
    let made = Mutex(0)
    let lines = PortLine()
    let endpoint = StatusEndpoint(
      ListenAddress(host: "127.0.0.1", port: 0), log: Logger(label: "test") { _ in lines }, silence: { nil }
    ) { path in
      made.withLock { $0 += 1 }
      return { HTTPService.Page(status: 200, body: "\(path)\n") }
    }
    defer { endpoint.stop() }
    #expect(await eventually { lines.port != nil })
    let port = try #require(lines.port)
    let began = ContinuousClock.now
    for _ in 0..<50 { #expect(try HTTPClient.page("/inventory", port: port)?.hasSuffix("/inventory\n") == true) }
    let most = 1 + Int((ContinuousClock.now - began) / .seconds(2))
    #expect((1...most).contains(made.withLock { $0 }))
    #expect(try HTTPClient.page("/nothing", port: port)?.hasPrefix("HTTP/1.1 404") == true)
  }
}

/// Takes the port from the log, where the kernel chose it.
private final class PortLine: LogHandler, Sendable {
  private let found = Mutex<UInt16?>(nil)
  var port: UInt16? { found.withLock { $0 } }

  var logLevel: Logger.Level {
    get { .info }
    set {}
  }
  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }

  func log(event: LogEvent) {
    if let port = event.metadata?["port"].flatMap({ UInt16("\($0)") }) { found.withLock { $0 = port } }
  }
}
