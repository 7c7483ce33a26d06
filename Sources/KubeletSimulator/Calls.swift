import GRPC
import KubeletAPI

extension RPCChannel {
  /// Calls `method` and reads its answer; an answer that is none has the status `internal`, as in grpc-go.
  func call<Answer: WireMessage>(
    _ method: String, _ request: some WireMessage, limit: Duration
  ) async throws(RPCStatus) -> Answer {
    try await unary(method, ByteBuffer(request.encoded()), timeout: limit).decoded()
  }

  /// As `call`, but waits up to `dialLimit` for a server.
  func dialling<Answer: WireMessage>(
    _ method: String, _ request: some WireMessage, dialLimit: Duration, limit: Duration
  ) async throws(RPCStatus) -> Answer {
    let clock = ContinuousClock()
    let end = clock.now + dialLimit
    while true {
      do throws(RPCStatus) {
        return try await call(method, request, limit: limit)
      } catch {
        guard error.code == .unavailable, clock.now < end, !Task.isCancelled else { throw error }
      }
      // Cancellation ends the pause early, and the next turn then ends the loop.
      try? await Task.sleep(for: .milliseconds(50))
    }
  }
}

extension ByteBuffer {
  func decoded<Message: WireMessage>(as type: Message.Type = Message.self) throws(RPCStatus) -> Message {
    do throws(CodecError) {
      return try withUnsafeBytes { (bytes) throws(CodecError) in try Message(decoding: bytes) }
    } catch {
      throw RPCStatus(code: .internal, message: error.description)
    }
  }
}

extension RPCMethod {
  /// A method whose messages are read and written for it.
  static func answering<Request: WireMessage, Answer: WireMessage>(
    _ body: @escaping @Sendable (Request) async throws(RPCStatus) -> Answer
  ) -> RPCMethod {
    .unary { (request) throws(RPCStatus) in
      ByteBuffer(try await body(try request.decoded()).encoded())
    }
  }
}
