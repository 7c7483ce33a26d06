public import Logging
public import RPC

/// A host whose events are heard and whose reading has begun.
public struct OpenHost: Sendable {
  let host: Host
  let reader: HostReader
  /// Nil: the kernel tells nothing of its own accord.
  let changes: NodeChanges?

  public init(_ options: Options) throws(NodeFault) {
    host = try Host(options)
    // First: what changes while it is read is read again. A recorded host never changes, and where the sockets are not to
    // be had the safety scan has to do.
    changes = host.recorded == nil ? try? NodeChanges() : nil
    reader = HostReader(host)
    reader.readAhead()
  }

  /// What was made for it alone.
  public func discard() { host.discard() }
}

extension Agent {
  /// The daemon on a host that is opened for it.
  public static func run(
    _ options: Options, signals: AsyncStream<Signals.Event>, queue: () -> CompletionQueue, log: Logger
  ) async -> Int32 {
    let host = Result { () throws(NodeFault) in try OpenHost(options) }
    defer { try? host.get().discard() }
    return await run(options, host: host, signals: signals, queue: queue, log: log)
  }
}
