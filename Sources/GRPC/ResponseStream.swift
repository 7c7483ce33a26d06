/// The answers of one streaming call, on the server's side.
public struct ResponseStream: Sendable {
  let call: ServerCall

  /// Sends one message and waits until the transport has taken it. A slow client thus holds one message and not a queue
  /// of them.
  ///
  /// - Throws: `cancelled` when the client has gone or the server stops; `failedPrecondition` when another send on this
  ///   stream has not returned yet.
  public func send(_ message: ByteBuffer) async throws(RPCStatus) {
    try await call.send(message)
  }
}
