/// What a server does when a method is called.
///
/// Bodies begin on a polling thread (see ServingExecutor), of two calls at once where there are two threads, and must not
/// block. A task is cancelled when the client gives up. A status that a body throws is what the client gets.
public enum RPCMethod: Sendable {
  /// One request, answered on the spot: without a task, and without waiting to hear whether the client gives up.
  case prompt(@Sendable (ByteBuffer) throws(RPCStatus) -> RPCAnswer)
  /// One request, one answer, by a task.
  case unary(@Sendable (ByteBuffer) async throws(RPCStatus) -> ByteBuffer)
  /// One request, many answers; returning ends the stream with OK, as does the server's stop.
  case serverStream(@Sendable (ByteBuffer, ResponseStream) async throws(RPCStatus) -> Void)
}

/// What a prompt method has to say.
public enum RPCAnswer: Sendable {
  case now(ByteBuffer)
  /// Something has to be waited for first, by a task.
  case later(@Sendable () async throws(RPCStatus) -> ByteBuffer)
}
