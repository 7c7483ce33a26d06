import CLinux
public import EventLoop
import Glibc

/// SIGINT, SIGTERM and SIGQUIT ask the daemon to stop; SIGHUP asks it to read its configuration again.
public enum Signals {
  public enum Event: Sendable {
    case stop(name: String)
    case reload
  }

  private static let asked: [Int32: Event] = [
    SIGINT: .stop(name: "SIGINT"), SIGTERM: .stop(name: "SIGTERM"), SIGQUIT: .stop(name: "SIGQUIT"), SIGHUP: .reload,
  ]

  /// From the return on, every one of these signals is heard. Once in a process, before it has another thread.
  ///
  /// A stop that takes longer than `patience` seconds, because a driver does not answer a read, ends the process by SIGALRM:
  /// no socket of ours is then served by a program that hears nothing. Nil: there is no limit. Throws `NodeFault` when the
  /// process may have no further descriptor.
  public static func heard(
    by watcher: DescriptorWatcher, patience: UInt32?
  ) throws(NodeFault) -> AsyncStream<Event> {
    let (events, continuation) = AsyncStream.makeStream(of: Event.self)
    // A peer that has gone is an error of that write, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    let numbers = Array(asked.keys)
    guard let signals = Descriptor(clinux_hear_signals(numbers, Int32(numbers.count))),
      watcher.watch(signals, for: .readable, event: { tell(signals, continuation, patience: patience) }) != nil
    else { throw NodeFault("signals can't be heard: \(String(cString: strerror(errno)))") }
    return events
  }

  private static func tell(
    _ signals: Descriptor, _ listener: AsyncStream<Event>.Continuation, patience: UInt32?
  ) -> DescriptorWatcher.Next {
    while let event = asked[clinux_next_signal(signals.number)] {
      // Nobody handles SIGALRM, which ends a process by default.
      if case .stop = event, let patience { alarm(patience) }
      listener.yield(event)
    }
    return .goOn
  }
}
