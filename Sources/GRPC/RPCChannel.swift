import CGRPC

/// Calls the methods of a server on a unix socket.
///
/// The connection is made by the first call and made again when it was lost. A call fails at once with `unavailable`
/// when no process listens. No call is repeated automatically.
public final class RPCChannel: Sendable {
  private let queue: CompletionQueue
  let handle: Handle
  /// Why every call must fail: the path can't be a socket's. The core would only report that it has no channel.
  let objection: RPCStatus?

  /// Creates a channel to the socket at `path`; nothing connects yet. `maxMessageBytes` is the limit for an answer, and
  /// a larger one ends its call with `resourceExhausted`.
  public init(queue: CompletionQueue, path: String, maxMessageBytes: Int = 16 << 20) {
    self.queue = queue
    do throws(ListenError) {
      _ = try SocketPath(path)
      objection = nil
    } catch {
      objection = RPCStatus(code: .unavailable, message: "\(error)")
    }
    let target = "unix:" + Self.escaped(path)
    handle = Handle(cgrpc_channel_create(target, "localhost", Int32(clamping: maxMessageBytes)))
  }

  deinit {
    cgrpc_channel_destroy(handle.pointer)
  }

  /// Calls `method` (`/package.Service/Method`) and returns its answer. Cancelling the task cancels the call.
  ///
  /// - Throws: The status of a call that did not end with OK.
  public func unary(
    _ method: String, _ request: ByteBuffer, timeout: Duration
  ) async throws(RPCStatus) -> ByteBuffer {
    let call = ClientCall(channel: self, queue: queue, method: method, timeout: timeout)
    await withTaskCancellationHandler {
      await call.unary(request)
    } onCancel: {
      call.cancel()
    }
    let status = call.status
    guard status.code == .ok else { throw status }
    guard let answer = call.takeMessage() else {
      throw RPCStatus(code: .internal, message: "\(method) ended without an answer")
    }
    return answer
  }

  /// Calls a method that streams its answers; the call has no deadline.
  public func serverStream(_ method: String, _ request: ByteBuffer) -> RPCStream {
    RPCStream(ClientCall(channel: self, queue: queue, method: method, timeout: nil), request: request)
  }

  /// The core reads the target as a URI.
  private static func escaped(_ path: String) -> String {
    let digits = Array("0123456789ABCDEF")
    return path.utf8.reduce(into: "") { text, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        text.append(Character(UnicodeScalar(byte)))
      default:
        text.append("%")
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
      }
    }
  }
}
