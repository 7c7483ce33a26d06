import Synchronization

/// The answers of a streaming call, one by one. Dropping it cancels the call.
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

  /// The next answer; nil when the server has ended the stream with OK.
  ///
  /// Throws the status of a stream that ended otherwise, and `failedPrecondition` when another task is in here. Nothing
  /// is received before it is asked for. Cancelling the task cancels the call.
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

  /// Ends the call from this side; `next` throws `cancelled` unless the stream had ended before.
  public func cancel() {
    call.cancel()
  }
}
