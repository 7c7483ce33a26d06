import Synchronization

/// The answers of a streaming call, on the client's side. Releasing it cancels the call.
public final class RPCStream: Sendable {
  private let call: ClientCall
  private let ended = Gate()
  private let isReceiving = Mutex(false)

  init(_ call: ClientCall, request: ByteBuffer) {
    self.call = call
    call.receiveStatus { [ended] in ended.open() }
    call.sendRequest(request)
  }

  deinit {
    call.cancel()
  }

  /// Waits for the next answer. An answer is read from the connection only when this is called. Cancelling the task
  /// cancels the call.
  ///
  /// - Returns: nil when the server has ended the stream with OK.
  /// - Throws: The status of a stream that ended otherwise; `failedPrecondition` when another task is waiting here.
  public func next() async throws(RPCStatus) -> ByteBuffer? {
    let isFree = isReceiving.withLock { isReceiving in
      defer { isReceiving = true }
      return !isReceiving
    }
    guard isFree else {
      throw RPCStatus(code: .failedPrecondition, message: "another task waits for this stream's next message")
    }
    defer { isReceiving.withLock { $0 = false } }
    let message = await withTaskCancellationHandler {
      if let message = await call.receiveMessage() { return message as ByteBuffer? }
      await ended.wait()
      return nil
    } onCancel: {
      call.cancel()
    }
    if let message { return message }
    let status = call.status
    guard status.code == .ok else { throw status }
    return nil
  }

  /// Ends the call; `next` then throws `cancelled`, unless the stream had ended before.
  public func cancel() {
    call.cancel()
  }
}
