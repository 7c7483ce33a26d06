import GRPC
import Synchronization
import TestSupport

/// A queue, a directory and a server in it, torn down in the right order by `with`.
struct Fixture: Sendable {
  let queue: CompletionQueue
  let directory: TemporaryDirectory

  var path: String { directory["test.sock"] }

  static func with(_ body: (Fixture) async throws -> Void) async throws {
    let fixture = Fixture(queue: CompletionQueue(), directory: try TemporaryDirectory())
    do {
      try await body(fixture)
    } catch {
      fixture.queue.shutdown()
      throw error
    }
    fixture.queue.shutdown()
  }

  /// Serves `methods` at `path` for as long as `body` runs.
  static func serving(
    _ methods: [String: RPCMethod], limits: RPCServer.Limits = .init(),
    _ body: (Fixture, RPCServer) async throws -> Void
  ) async throws {
    try await with { fixture in
      let server = RPCServer(queue: fixture.queue, methods: methods, limits: limits)
      try server.listen(at: fixture.path)
      do {
        try await body(fixture, server)
      } catch {
        await server.stop(grace: .zero)
        throw error
      }
      await server.stop(grace: .seconds(5))
    }
  }

  func channel() -> RPCChannel { RPCChannel(queue: queue, path: path) }
}

extension RPCMethod {
  static let echo = RPCMethod.unary { request throws(RPCStatus) in request }

  /// Sends the numbers from 0 up to the request's first byte, exclusively.
  static let count = RPCMethod.serverStream { request, stream throws(RPCStatus) in
    for number in 0..<(request.bytes.first ?? 0) { try await stream.send(ByteBuffer([number])) }
  }

  /// Does not answer before it is cancelled.
  static func hanging(_ record: CallRecord) -> RPCMethod {
    .unary { _ throws(RPCStatus) in
      record.started()
      try? await Task.sleep(for: .seconds(3600))
      record.ended(cancelled: Task.isCancelled)
      throw RPCStatus(code: .cancelled, message: "cancelled")
    }
  }

  /// Sends one message, and then nothing before it is cancelled.
  static func openStream(_ record: CallRecord) -> RPCMethod {
    .serverStream { _, stream throws(RPCStatus) in
      record.started()
      defer { record.ended(cancelled: Task.isCancelled) }
      try await stream.send(ByteBuffer([1]))
      try? await Task.sleep(for: .seconds(3600))
    }
  }
}

/// What the bodies of methods saw.
final class CallRecord: Sendable {
  private let counts = Mutex((started: 0, ended: 0, cancelled: 0))

  func started() { counts.withLock { $0.started += 1 } }

  func ended(cancelled: Bool) {
    counts.withLock { counts in
      counts.ended += 1
      if cancelled { counts.cancelled += 1 }
    }
  }

  var startedCount: Int { counts.withLock { $0.started } }
  var endedCount: Int { counts.withLock { $0.ended } }
  var cancelledCount: Int { counts.withLock { $0.cancelled } }
}

/// A value that a test and the bodies of methods share.
final class Shared<Value: Sendable>: Sendable {
  private let storage: Mutex<Value>

  init(_ value: Value) { storage = Mutex(value) }

  var value: Value {
    get { storage.withLock { $0 } }
    set { storage.withLock { $0 = newValue } }
  }

  func change(_ body: (inout Value) -> Void) { storage.withLock { body(&$0) } }
}

/// The status that `body` throws; OK when it throws none.
func status(of body: () async throws(RPCStatus) -> Void) async -> RPCStatus {
  do {
    try await body()
    return RPCStatus(code: .ok, message: "")
  } catch {
    return error
  }
}
