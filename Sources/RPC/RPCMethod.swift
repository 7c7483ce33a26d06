/// What a server does when a method is called.
///
/// The body begins on the polling thread (see ServingExecutor) and must not block. Its task is cancelled when the client
/// gives up. A status it throws is what the client gets.
public enum RPCMethod: Sendable {
  /// One request, one answer.
  case unary(@Sendable (ByteBuffer) async throws(RPCStatus) -> ByteBuffer)
  /// One request, many answers; returning ends the stream with OK, as does the server's stop.
  case serverStream(@Sendable (ByteBuffer, ResponseStream) async throws(RPCStatus) -> Void)
}
