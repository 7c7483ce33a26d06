import Dispatch
import Glibc

/// SIGINT, SIGTERM and SIGQUIT ask the daemon to stop; SIGHUP asks it to read its configuration again.
public final class Signals: Sendable {
  public enum Event: Sendable {
    case stop(name: String)
    case reload
  }

  public let events: AsyncStream<Event>
  /// Held, never touched again.
  private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

  /// Returns when every one of these signals is heard: a source is armed on another thread, some time after it is
  /// activated. Before that a signal does what it does to any program, and is not lost.
  ///
  /// A stop that takes longer than `patience` seconds, because a driver does not answer a read, ends the process by SIGALRM:
  /// no socket of ours is then served by a program that hears nothing. Nil: there is no limit.
  public static func heard(patience: UInt32?) async -> Signals {
    let armed = DispatchGroup()
    let signals = Signals(armed: armed, patience: patience)
    await withCheckedContinuation { waiting in
      armed.notify(queue: .global()) { waiting.resume() }
    }
    return signals
  }

  private init(armed: DispatchGroup, patience: UInt32?) {
    let (events, continuation) = AsyncStream.makeStream(of: Event.self)
    self.events = events
    let queue = DispatchQueue(label: "devicepool.signals")
    let asked: [(Int32, Event)] = [
      (SIGINT, .stop(name: "SIGINT")), (SIGTERM, .stop(name: "SIGTERM")), (SIGQUIT, .stop(name: "SIGQUIT")),
      (SIGHUP, .reload),
    ]
    sources = asked.map { number, event in
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      armed.enter()
      source.setRegistrationHandler { armed.leave() }
      source.setEventHandler {
        // Nobody handles SIGALRM, which ends a process by default.
        if case .stop = event, let patience { alarm(patience) }
        continuation.yield(event)
      }
      source.activate()
      return source
    }
    // A peer that has gone is an error of that write, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
  }
}
