import CLinux
public import EventLoop
import Glibc

/// SIGINT, SIGTERM and SIGQUIT ask the daemon to stop; SIGHUP asks it to read its configuration again.
public struct Signals: Sendable {
  public enum Event: Sendable {
    case stop(name: String)
    case reload
  }

  private static let numbers = [SIGINT, SIGTERM, SIGQUIT, SIGHUP]

  /// Nil: not one of them, as is 0.
  private static func event(of number: Int32) -> Event? {
    switch number {
    case SIGINT: .stop(name: "SIGINT")
    case SIGTERM: .stop(name: "SIGTERM")
    case SIGQUIT: .stop(name: "SIGQUIT")
    case SIGHUP: .reload
    default: nil
    }
  }

  private let descriptor: Descriptor

  /// From the return on, every one of these signals waits to be heard. Once in a process, before it has another thread.
  ///
  /// Throws `NodeFault` when the process may have no further descriptor.
  public init() throws(NodeFault) {
    // A peer that has gone is an error of that write, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    let number = clinux_hear_signals(Self.numbers, Int32(Self.numbers.count))
    guard let descriptor = Descriptor(number) else { throw Self.fault }
    self.descriptor = descriptor
  }

  /// A stop that takes longer than `patience` seconds, because a driver does not answer a read, ends the process by SIGALRM:
  /// no socket of ours is then served by a program that hears nothing. Nil: there is no limit.
  public func heard(by watcher: DescriptorWatcher, patience: UInt32?) throws(NodeFault) -> AsyncStream<Event> {
    let (events, continuation) = AsyncStream.makeStream(of: Event.self)
    let token = watcher.watch(descriptor, for: .readable) { [descriptor] in
      Self.tell(descriptor, continuation, patience: patience)
    }
    guard token != nil else { throw Self.fault }
    return events
  }

  private static var fault: NodeFault { NodeFault("signals can't be heard: \(String(cString: strerror(errno)))") }

  private static func tell(
    _ signals: Descriptor, _ listener: AsyncStream<Event>.Continuation, patience: UInt32?
  ) -> DescriptorWatcher.Next {
    while let event = event(of: clinux_next_signal(signals.number)) {
      // Nobody handles SIGALRM, which ends a process by default.
      if case .stop = event, let patience { alarm(patience) }
      listener.yield(event)
    }
    return .goOn
  }
}
