import TestSupport
import Testing

@testable import Observability

@Suite("Pages over HTTP") struct HTTPServiceTests {
  @Test func answersByPath() async throws {
    let service = try RunningService { path in
      path == "/healthz"
        ? HTTPService.Page(status: 200, body: "ok\n") : HTTPService.Page(status: 404, body: "no \(path)\n")
    }
    let port = try await service.port
    let good = try #require(try HTTPClient.page("/healthz?x=1", port: port))
    #expect(
      good == """
        HTTP/1.1 200 OK\r
        Content-Type: text/plain; charset=utf-8\r
        Cache-Control: no-store\r
        Content-Security-Policy: default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r
        X-Content-Type-Options: nosniff\r
        Content-Length: 3\r
        Connection: close\r
        \r
        ok

        """)
    #expect(try HTTPClient.page("/other", port: port)?.hasPrefix("HTTP/1.1 404 Not Found\r\n") == true)
  }

  @Test(arguments: [
    ("HEAD /x HTTP/1.0\r\n\r\n", "HTTP/1.1 200 "), ("DELETE / HTTP/1.0\r\n\r\n", "HTTP/1.1 501 "),
    ("rubbish\r\n\r\n", "HTTP/1.1 400 "), ("GET / HTTP/2.0\n\n", "HTTP/1.1 505 "),
    ("GET http://x/ HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "),
    ("GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 9000), "HTTP/1.1 431 "),
  ]) func eachRequestHasOneAnswer(_ request: String, _ start: String) async throws {
    let service = try RunningService()
    let client = try HTTPClient(port: try await service.port)
    client.send(request)
    let answer = try #require(client.rest())
    #expect(answer.hasPrefix(start), "\(answer)")
    if request.hasPrefix("HEAD") { #expect(answer.hasSuffix("\r\n\r\n")) }
  }

  @Test func aRequestMayComeInPieces() async throws {
    let service = try RunningService()
    let client = try HTTPClient(port: try await service.port)
    for piece in ["GE", "T /pieces HTT", "P/1.1\r", "\nHost: x\r\n", "\r", "\n"] { client.send(piece) }
    #expect(client.rest()?.hasSuffix("\r\n\r\n/pieces\n") == true)
  }

  @Test func oneRequestAConnection() async throws {
    let service = try RunningService()
    let client = try HTTPClient(port: try await service.port)
    client.send(String(repeating: "GET /again HTTP/1.1\r\n\r\n", count: 20))
    let answer = try #require(client.rest())
    #expect(answer.split(separator: "HTTP/1.1 200").count == 1, "\(answer)")
  }

  /// It filled 5 GB in 15 s when answers were queued for it.
  @Test func aClientThatPipelinesAndNeverReadsIsDropped() async throws {
    let page = HTTPService.Page(status: 200, body: String(repeating: "x", count: 4 << 20))
    var limits = HTTPLimits()
    limits.writeTime = .milliseconds(300)
    let service = try RunningService(limits: limits) { $0 == "/large" ? page : .init(status: 200, body: "ok\n") }
    let port = try await service.port
    let client = try HTTPClient(port: port)
    let request = String(repeating: "GET /large HTTP/1.1\r\nHost: x\r\n\r\n", count: 1000)
    var taken = 0
    while case let count = client.send(request, waits: taken == 0), count > 0 { taken += count }
    // What the kernel buffers at both ends.
    #expect(taken < 8 << 20)
    #expect(await eventually { client.isGone })
    #expect(try HTTPClient.page("/small", port: port)?.hasSuffix("ok\n") == true)
  }

  @Test func aTricklingRequestIsDropped() async throws {
    var limits = HTTPLimits()
    limits.readTime = .milliseconds(300)
    let service = try RunningService(limits: limits)
    let client = try HTTPClient(port: try await service.port)
    // Each byte comes in time by itself.
    #expect(
      await eventually {
        client.send("G", waits: false)
        return client.isGone
      })
  }

  @Test func onePeerHasAFewConnections() async throws {
    let limits = HTTPLimits()
    let service = try RunningService(limits: limits)
    let port = try await service.port
    let other = try HTTPClient(port: port, from: "127.0.0.2")
    let clients = try (0..<100).map { _ in try HTTPClient(port: port) }
    // By now all of the hundred were accepted: connections are in turn.
    #expect(try HTTPClient.page("/probe", port: port)?.hasSuffix("/probe\n") == true)
    #expect(await eventually { clients.count { !$0.isGone } <= limits.connectionsPerPeer })
    #expect(clients.last?.isGone == false)
    #expect(!other.isGone, "another peer keeps its connection")
  }

  @Test func allPeersTogetherHaveALimit() async throws {
    let limits = HTTPLimits()
    let service = try RunningService(limits: limits)
    let port = try await service.port
    let clients = try (1...100).map { try HTTPClient(port: port, from: "127.0.1.\($0)") }
    #expect(try HTTPClient.page("/probe", port: port)?.hasSuffix("/probe\n") == true)
    #expect(await eventually { clients.count { !$0.isGone } <= limits.connections })
  }

  @Test func aTakenPortIsReportedOnceAndTriedAgain() async throws {
    var limits = HTTPLimits()
    limits.bindPause = .milliseconds(20)
    let port: UInt16
    let late: RunningService
    do {
      let holder = try RunningService()
      port = try await holder.port
      late = try RunningService(port: port, limits: limits)
      #expect(await eventually { !late.events.isEmpty })
      guard case .unavailable(let failure) = late.events.first else {
        Issue.record("\(late.events)")
        return
      }
      #expect(failure.description == "cannot listen on 127.0.0.1:\(port): Address already in use")
      // Still the holder's.
      #expect(try HTTPClient.page("/holder", port: port)?.hasSuffix("/holder\n") == true)
    }
    #expect(try await late.port == port)
    #expect(late.events.count == 2, "\(late.events)")
    #expect(try HTTPClient.page("/late", port: port)?.hasSuffix("/late\n") == true)
  }

  @Test func anAddressOfNobodyIsReported() async throws {
    let service = try RunningService(address: "192.0.2.1")
    #expect(await eventually { !service.events.isEmpty })
    #expect(
      service.events == [
        .unavailable(.init(address: "192.0.2.1", port: 0, reason: "Cannot assign requested address"))
      ])
  }
}
