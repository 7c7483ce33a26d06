import Glibc
import Linux
import Synchronization

/// Ends a subcommand at a signal, or when nobody reads its output any more: as without this, but with its temporary
/// directories removed.
enum Interruption {
  private static let numbers = [SIGHUP, SIGINT, SIGQUIT, SIGTERM]
  private static let began = Atomic(false)
  private static let endsAtBrokenPipe = Atomic(false)

  /// Whether the process is about to end by a signal. What fails from now on is no news.
  static var hasBegun: Bool { began.load(ordering: .acquiring) }

  /// Blocks the signals on this thread: call it before there is another. A signal that is ignored stays so, as nohup(1)
  /// wants it.
  static func prepare() {
    if !SignalDescriptor.isIgnored(SIGPIPE) {
      signal(SIGPIPE, SIG_IGN)
      endsAtBrokenPipe.store(true, ordering: .relaxed)
    }
    // Without a descriptor the signals end the process at once; the next run removes what it leaves.
    guard let signals = try? SignalDescriptor(numbers.filter { !SignalDescriptor.isIgnored($0) }) else { return }
    DedicatedThread(name: "signals") {
      var wait = pollfd(fd: signals.descriptor.number, events: Int16(POLLIN), revents: 0)
      while true {
        if poll(&wait, 1, -1) > 0, let number = signals.next() { end(by: number) }
      }
    }.detach()
  }

  /// Call it when a write has found that nobody reads.
  static func endAtBrokenPipe() {
    if endsAtBrokenPipe.load(ordering: .relaxed) { end(by: SIGPIPE) }
  }

  /// The end of the command, unless a signal ends it already.
  static func exit(_ code: Int32) -> Never {
    if began.exchange(true, ordering: .acquiringAndReleasing) { waitForEnd() }
    ScratchDirectory.removeAll()
    Glibc.exit(code)
  }

  private static func end(by number: Int32) -> Never {
    if began.exchange(true, ordering: .acquiringAndReleasing) { waitForEnd() }
    // A second signal ends the process at once. Broken pipes stay ignored, since another thread may write to one meanwhile.
    if number != SIGPIPE { signal(number, SIG_DFL) }
    var set = sigset_t()
    sigemptyset(&set)
    for number in numbers + [number] { sigaddset(&set, number) }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    ScratchDirectory.removeAll()
    signal(number, SIG_DFL)
    raise(number)
    _exit(128 + number)
  }

  private static func waitForEnd() -> Never {
    while true { pause() }
  }
}
