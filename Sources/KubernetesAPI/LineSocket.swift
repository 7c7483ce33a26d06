import CAPIClient

/// A UNIX stream socket that carries lines.
public final class LineSocket {
  /// Called from the loop for a connection's events.
  public struct Handlers {
    public var open: (_ user: UInt32) -> Void
    public var line: ([UInt8]) -> Void
    /// The socket cannot be used any more.
    public var end: (_ reason: String) -> Void

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

  /// Nil when the path is too long for a socket's address. Handlers are called from the loop.
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

  /// Sends a line; a newline is added.
  public func write(_ line: String) {
    var line = line
    line.withUTF8 { bytes in if let lines { _ = capi_lines_write(lines, bytes.baseAddress, bytes.count) } }
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> LineSocket? {
    context.map { Unmanaged<LineSocket>.fromOpaque($0).takeUnretainedValue() }
  }
}
