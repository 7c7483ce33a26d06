import Synchronization
import TestSupport
import Testing

@testable import Observability

/// A service on a port of the kernel's choice, until the last user is gone.
final class RunningService: Sendable {
  private let service: HTTPService
  private let reported: Reported
  private let isStopped = Atomic(false)

  private final class Reported: Sendable {
    let events = Mutex<[HTTPService.Event]>([])
  }

  init(
    address: String = "127.0.0.1", port: UInt16 = 0, large: Set<String> = [], limits: HTTPLimits = HTTPLimits(),
    answer: @escaping @Sendable (String) -> HTTPService.Page = { HTTPService.Page(status: 200, body: "\($0)\n") }
  ) throws {
    let reported = Reported()
    self.reported = reported
    service = try HTTPService(
      address: address, port: port, large: large, limits: limits, answer: answer
    ) { event in
      reported.events.withLock { $0.append(event) }
    }
  }

  deinit { stop() }

  /// Also when it has stopped before: a thread can be joined once.
  func stop() {
    if isStopped.exchange(true, ordering: .relaxed) == false { service.stop() }
  }

  var events: [HTTPService.Event] { reported.events.withLock { $0 } }

  /// The port, once the service listens.
  var port: UInt16 {
    get async throws {
      var port: UInt16?
      _ = await eventually { [self] in
        guard case .listening = events.last else { return false }
        return true
      }
      if case .listening(let found) = events.last { port = found }
      return try #require(port)
    }
  }
}
