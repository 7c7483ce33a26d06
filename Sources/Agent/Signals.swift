import Glibc
public import Linux

/// SIGINT, SIGTERM and SIGQUIT ask the daemon to stop; SIGHUP asks it to read its configuration again.
public struct Signals: Sendable {
  /// What a signal asks the daemon to do.
  public enum Event: Sendable {
    /// Stop; `name` is that of the signal, for the log.
    case stop(name: String)
    /// Read the configuration again.
    case reload
  }

  private static let numbers = [SIGINT, SIGTERM, SIGQUIT, SIGHUP]

  /// - Returns: Nil when it is not one of them.
  private static func event(of number: Int32) -> Event? {
    switch number {
    case SIGINT: .stop(name: "SIGINT")
    case SIGTERM: .stop(name: "SIGTERM")
    case SIGQUIT: .stop(name: "SIGQUIT")
    case SIGHUP: .reload
    default: nil
    }
  }

  private let signals: SignalDescriptor

  /// Queues these signals from now on. Call it once in a process, before there is another thread.
  ///
  /// - Throws: When the process can't open another descriptor.
  public init() throws(NodeFault) {
    // A write to a closed connection is an error of that write and must not end the process.
    signal(SIGPIPE, SIG_IGN)
    do throws(Errno) { signals = try SignalDescriptor(Self.numbers) } catch { throw Self.fault(error) }
  }

  /// Ends the process by SIGALRM when a stop takes longer than `patience` seconds, e.g. because a driver does not
  /// answer a read, so that no socket stays open without a server. nil for no limit.
  public func heard(by watcher: DescriptorWatcher, patience: UInt32?) throws(NodeFault) -> AsyncStream<Event> {
    let (events, continuation) = AsyncStream.makeStream(of: Event.self)
    let token = watcher.watch(signals.descriptor, for: .readable) { [signals] in
      Self.tell(signals, continuation, patience: patience)
    }
    guard token != nil else { throw Self.fault(Errno.current) }
    return events
  }

  private static func fault(_ error: Errno) -> NodeFault { NodeFault("cannot receive signals: \(error)") }

  private static func tell(
    _ signals: SignalDescriptor, _ listener: AsyncStream<Event>.Continuation, patience: UInt32?
  ) -> DescriptorWatcher.Next {
    while let number = signals.next(), let event = event(of: number) {
      // SIGALRM has no handler, so it ends the process.
      if case .stop = event, let patience { alarm(patience) }
      listener.yield(event)
    }
    return .goOn
  }
}
