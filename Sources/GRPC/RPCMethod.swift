/// What a server does when a method is called.
///
/// Each call is a task on Swift's global executor. It is cancelled when the client gives up. The client gets the status that
/// a body throws.
public enum RPCMethod: Sendable {
  /// One request, one answer.
  case unary(@Sendable (ByteBuffer) async throws(RPCStatus) -> ByteBuffer)
  /// One request, many answers; returning ends the stream with OK, as does the server's stop.
  case serverStream(@Sendable (ByteBuffer, ResponseStream) async throws(RPCStatus) -> Void)
}
