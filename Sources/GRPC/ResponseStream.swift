/// The answers of one streaming call.
public struct ResponseStream: Sendable {
  let call: ServerCall

  /// Sends one message and waits until the transport has taken it, so that a slow client holds one message and not
  /// a queue of them.
  ///
  /// Throws `cancelled` when the client has gone or the server stops, and `failedPrecondition` when another send on this
  /// stream has not returned yet.
  public func send(_ message: ByteBuffer) async throws(RPCStatus) {
    try await call.send(message)
  }
}
