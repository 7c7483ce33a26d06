import CGRPC
import Synchronization

/// One call as the server sees it, from the moment it is waited for.
///
/// The core writes into the C object until the last operation is over; every operation keeps this object until then.
final class ServerCall: Sendable {
  private enum Ending {
    case clientGone
    case serverStops
  }

  private struct State {
    var task: Task<Void, Never>?
    var ending: Ending?
    var hasSentHeaders = false
    var isSending = false
  }

  let handle = Handle(cgrpc_server_call_create())
  private let queue: CompletionQueue
  private let state = Mutex(State())

  init(queue: CompletionQueue) {
    self.queue = queue
  }

  deinit {
    cgrpc_server_call_destroy(handle.pointer)
  }

  /// The full path, `/package.Service/Method`.
  var method: String {
    var count = 0
    let text = cgrpc_server_call_method(handle.pointer, &count)
    return String(decoding: UnsafeRawBufferPointer(start: text, count: count), as: UTF8.self)
  }

  /// Cancels the call's task when the client disconnects, from now on.
  func watchClient() {
    queue.start({ cgrpc_server_call_receive_close(handle.pointer, $0) }) { [self] _ in
      if cgrpc_server_call_was_cancelled(handle.pointer) { end(.clientGone) }
    }
  }

  /// Calls `body` with the next message of the client, on the polling thread; with the status for the client when it
  /// has gone, or its message has more than `limit` bytes or is compressed.
  func receive(limit: Int, _ body: @escaping @Sendable (Result<ByteBuffer, RPCStatus>) -> Void) {
    queue.start({ cgrpc_server_call_receive_message(handle.pointer, $0) }) { [self] isReceived in
      guard isReceived else { return body(.failure(Self.noRequest)) }
      body(Result { () throws(RPCStatus) in try message(limit: limit) })
    }
  }

  private static let noRequest = RPCStatus(code: .internal, message: "the call has no request message")

  private func message(limit: Int) throws(RPCStatus) -> ByteBuffer {
    // Before the message is put together: what is refused is not to cost its memory twice.
    let size = cgrpc_server_call_message_size(handle.pointer)
    guard size <= limit else {
      throw RPCStatus(code: .resourceExhausted, message: "expected a message of at most \(limit) bytes, found \(size)")
    }
    if cgrpc_server_call_message_is_compressed(handle.pointer) {
      throw RPCStatus(code: .unimplemented, message: "compressed messages are not understood here")
    }
    guard let slice = cgrpc_server_call_take_message(handle.pointer) else { throw Self.noRequest }
    return ByteBuffer(adopting: slice)
  }

  /// How a call ends: with a last message or without one.
  typealias Outcome = (message: ByteBuffer?, status: RPCStatus)

  /// Runs `body` as the call's task; `ended` is called when the outcome was sent or the client is gone.
  func run(_ body: @escaping @Sendable (ServerCall) async -> Outcome, ended: @escaping @Sendable () -> Void) {
    let task = Task { [self] in finish(with: await body(self), ended) }
    state.withLock { state in
      state.task = task
      if state.ending != nil { task.cancel() }
    }
  }

  /// Cancels the call's task because the server stops; what the task makes of it ends the call with OK.
  func serverStops() {
    end(.serverStops)
  }

  var endsBecauseServerStops: Bool { state.withLock { $0.ending == .serverStops } }

  func send(_ message: ByteBuffer) async throws(RPCStatus) {
    guard !Task.isCancelled else { throw RPCStatus(code: .cancelled, message: "the call is over") }
    let headers = try beginSend()
    let isSent = await queue.run(keeping: self) {
      cgrpc_server_call_send_message(handle.pointer, headers, message.slice.pointer, $0)
    }
    state.withLock { $0.isSending = false }
    guard isSent else { throw RPCStatus(code: .cancelled, message: "the client has gone") }
  }

  /// Ends the call, whether or not the client is still connected.
  private func finish(with outcome: Outcome, _ ended: @escaping @Sendable () -> Void) {
    let (message, status) = outcome
    let headers = takeHeaders()
    let details = Array(status.message.utf8)
    queue.start({ tag in
      details.withUnsafeBytes {
        cgrpc_server_call_finish(
          handle.pointer, headers, message?.slice.pointer, status.code.rawValue, $0.baseAddress, $0.count, tag)
      }
    }) { [self] _ in withExtendedLifetime(self, ended) }
  }

  private func end(_ ending: Ending) {
    state.withLock { state in
      if state.ending == nil { state.ending = ending }
      state.task?.cancel()
    }
  }

  /// Whether headers go with this message; throws while another send is under way.
  private func beginSend() throws(RPCStatus) -> Bool {
    let headers: Bool? = state.withLock { state in
      if state.isSending { return nil }
      state.isSending = true
      defer { state.hasSentHeaders = true }
      return !state.hasSentHeaders
    }
    guard let headers else {
      throw RPCStatus(code: .failedPrecondition, message: "another send on this stream is under way")
    }
    return headers
  }

  private func takeHeaders() -> Bool {
    state.withLock { state in
      defer { state.hasSentHeaders = true }
      return !state.hasSentHeaders
    }
  }
}
