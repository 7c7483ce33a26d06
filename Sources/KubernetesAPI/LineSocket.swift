import CAPIClient

/// A unix stream socket that carries lines.
public final class LineSocket {
  /// Callbacks for events of the socket; they run on the loop.
  public struct Handlers {
    /// The connection is established; `user` is the user id of the peer.
    public var open: (_ user: UInt32) -> Void
    /// A complete line has arrived, without its newline.
    public var line: ([UInt8]) -> Void
    /// The socket can't be used any more, for `reason`.
    public var end: (_ reason: String) -> Void

    /// Creates the callbacks.
    public init(
      open: @escaping (UInt32) -> Void, line: @escaping ([UInt8]) -> Void, end: @escaping (String) -> Void
    ) {
      self.open = open
      self.line = line
      self.end = end
    }
  }

  private let loop: ClientLoop
  private let handlers: Handlers
  private var lines: OpaquePointer?

  /// Connects to the socket at `path`; nil when the path is too long for a socket's address. A line of more than
  /// `longestLine` bytes ends the connection.
  public init?(_ loop: ClientLoop, path: String, longestLine: Int, handlers: Handlers) {
    self.loop = loop
    self.handlers = handlers
    let events = capi_lines_events(
      open: { context, user in LineSocket.of(context)?.handlers.open(user) },
      line: { context, bytes, length in
        LineSocket.of(context)?.handlers.line(Array(UnsafeBufferPointer(start: bytes, count: length)))
      },
      end: { context, reason in
        LineSocket.of(context)?.handlers.end(reason.map { String(cString: $0) } ?? "unknown error")
      })
    lines = capi_lines_connect(loop.loop, path, longestLine, events, Unmanaged.passUnretained(self).toOpaque())
    if lines == nil { return nil }
  }

  deinit { if let lines { capi_lines_free(lines) } }

  /// Sends a line and a newline.
  public func write(_ line: String) {
    var line = line
    line.withUTF8 { bytes in if let lines { _ = capi_lines_write(lines, bytes.baseAddress, bytes.count) } }
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> LineSocket? {
    context.map { Unmanaged<LineSocket>.fromOpaque($0).takeUnretainedValue() }
  }
}
