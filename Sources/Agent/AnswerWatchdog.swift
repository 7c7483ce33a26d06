import DevicePluginFrontEnd
import Glibc
import Linux
import Logging

/// Ends the process when the thread that answers kubelet makes no progress.
///
/// kubelet calls Allocate without a deadline, in the loop that starts all pods and runs all probes. While a call hangs,
/// no pod of the node starts, and our liveness probe does not run either. Only the end of the connection helps. So this
/// thread, which depends on nothing else, calls a pool's server itself, and ends the process when there is no answer
/// for `limit`, or half of it longer.
///
/// Its clock stops while the machine sleeps, and several calls must fail in a row. So a suspend, a stopped process or a
/// changed clock does not end the process.
final class AnswerWatchdog: Sendable {
  /// The process's exit code.
  static let exitCode: Int32 = 4

  private let stopSignal: Descriptor
  private let thread: DedicatedThread

  /// Nil when there is no descriptor for it.
  init?(_ sockets: ListeningSockets, limit: Duration, log: Logger) {
    guard let stop = try? Descriptor.eventCounter() else { return nil }
    stopSignal = stop
    thread = DedicatedThread(name: "watchdog") { Self.watch(sockets, limit, stop, log) }
  }

  /// The number of calls in a row that must fail; together they wait for the limit. While calls are answered, one is
  /// made in half that time, because each needs a connection.
  private static let calls = 4

  private static func watch(_ sockets: ListeningSockets, _ limit: Duration, _ stop: Descriptor, _ log: Logger) {
    let pause = limit / 2
    var silences = 0
    var turn = 0
    while true {
      // After a failed call the next one follows at once, because the call itself took the time.
      var state = pollfd(fd: stop.number, events: Int16(POLLIN), revents: 0)
      if poll(&state, 1, silences > 0 ? 0 : Int32(clamping: Int(pause / .milliseconds(1)))) > 0 { return }
      let paths = sockets.all
      guard !paths.isEmpty else {
        silences = 0
        // Without a socket, kubelet can't wait for an answer.
        if poll(&state, 1, Int32(clamping: Int(pause / .milliseconds(1)))) > 0 { return }
        continue
      }
      turn = (turn + 1) % paths.count
      silences = EndpointCall.make(at: paths[turn], limit: limit / calls) == .silent ? silences + 1 : 0
      if silences >= calls { end(paths[turn], limit, log) }
    }
  }

  private static func end(_ path: String, _ limit: Duration, _ log: Logger) -> Never {
    log.critical(
      "kubelet's calls are not answered: the process ends, so that kubelet's call ends too (-watchdog)",
      metadata: ["socket": "\(path)", "seconds": "\(limit.components.seconds)"])
    _exit(exitCode)
  }

  func stop() {
    stopSignal.signal()
    thread.detach()
  }
}
