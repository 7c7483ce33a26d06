import CLinux
import CNetlink
import Glibc
import Synchronization

/// What the netlink thread runs: waits for its sockets and for work, until it is stopped.
final class NetlinkLoop: Sendable {
  /// A socket that is waited for.
  struct Watch: Sendable {
    enum Outcome { case goesOn, isOver }
    let descriptor: Int32
    let ready: @Sendable () -> Outcome
    let close: @Sendable () -> Void
  }
  typealias Watches = [UInt64: Watch]
  typealias Job = @Sendable (inout Watches) -> Void

  private struct Inbox {
    var jobs: [Job] = []
    var isStopped = false
    var lastID: UInt64 = 0
  }

  private let inbox = Mutex(Inbox())
  private let wake: Int32

  init() throws(NetlinkError) {
    wake = clinux_event_create()
    let error = errno
    guard wake >= 0 else { throw .failed(call: "eventfd", ErrorNumber(error)) }
  }

  deinit { close(wake) }

  /// False when the loop was stopped before: the job will not run.
  func post(_ job: @escaping Job) -> Bool {
    let isAccepted = inbox.withLock { inbox in
      if !inbox.isStopped { inbox.jobs.append(job) }
      return !inbox.isStopped
    }
    if isAccepted { _ = clinux_event_signal(wake) }
    return isAccepted
  }

  /// Closes the watch at once when the loop was stopped before.
  func add(_ watch: Watch) -> UInt64 {
    let id = inbox.withLock { inbox in
      inbox.lastID += 1
      return inbox.lastID
    }
    if !post({ $0[id] = watch }) { watch.close() }
    return id
  }

  func remove(_ id: UInt64) {
    _ = post { watches in watches.removeValue(forKey: id)?.close() }
  }

  func stop() {
    inbox.withLock { $0.isStopped = true }
    _ = clinux_event_signal(wake)
  }

  func run() {
    var watches: Watches = [:]
    while runJobs(&watches) { wait(&watches) }
    for watch in watches.values { watch.close() }
  }

  /// False when the loop was stopped.
  ///
  /// A function of its own, so that nothing a job held, such as the source of a watch that is gone again, is kept open
  /// through the wait that follows.
  private func runJobs(_ watches: inout Watches) -> Bool {
    let (jobs, isStopped) = inbox.withLock { inbox in
      defer { inbox.jobs = [] }
      return (inbox.jobs, inbox.isStopped)
    }
    for job in jobs { job(&watches) }
    return !isStopped
  }

  /// Returns after one round of whatever was ready.
  private func wait(_ watches: inout Watches) {
    let ids = Array(watches.keys)
    var polled = [pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
    for id in ids { polled.append(pollfd(fd: watches[id]?.descriptor ?? -1, events: Int16(POLLIN), revents: 0)) }
    // EINTR leaves revents at zero: the round is empty and the next one begins.
    guard poll(&polled, nfds_t(polled.count), -1) > 0 else { return }
    if polled[0].revents != 0 { _ = clinux_event_clear(wake) }
    for (id, entry) in zip(ids, polled.dropFirst()) where entry.revents != 0 {
      if watches[id]?.ready() == .isOver { watches.removeValue(forKey: id)?.close() }
    }
  }
}

/// Does something when the last owner lets go of it.
final class Lease: Sendable {
  private let end: @Sendable () -> Void
  init(end: @escaping @Sendable () -> Void) { self.end = end }
  deinit { end() }
}
