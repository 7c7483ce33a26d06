import Synchronization

/// One reading of the host: what each of its threads waits for at this moment.
final class HostReading: Sendable {
  private let reads: HostReads
  private let threads = Mutex<[ReadingThread]>([])

  init(_ reads: HostReads) { self.reads = reads }

  /// For one more thread of this reading.
  func thread() -> ReadingThread {
    let thread = ReadingThread(reads)
    threads.withLock { $0.append(thread) }
    return thread
  }

  /// Ends the reading when one of its threads has waited for a single file for that long; then its result does not count.
  func giveUp(after limit: Duration) -> Bool {
    let threads = threads.withLock { $0 }
    let deadline = ContinuousClock.now - limit
    let silent = threads.filter { $0.giveUp(waitingSince: deadline) }
    guard !silent.isEmpty else { return false }
    for thread in threads { thread.giveUp() }
    return true
  }
}

/// What one thread of a reading waits for.
final class ReadingThread: Sendable {
  private struct State {
    var path: SysfsPath?
    var name = ""
    var since = ContinuousClock.now
    var isGivenUp = false

    var file: String? { path.map { name.isEmpty ? $0.text : "\($0.text)/\(name)" } }
  }

  private let reads: HostReads
  private let state = Mutex(State())

  init(_ reads: HostReads) { self.reads = reads }

  /// Whether the file `name` of a directory (the directory itself when `name` is empty) may be read now. `end` must follow.
  func begin(_ path: SysfsPath, _ name: String) -> Bool {
    guard !reads.isSilent(name.isEmpty ? path.text : "\(path.text)/\(name)") else { return false }
    return state.withLock { state in
      guard !state.isGivenUp else { return false }
      state.path = path
      state.name = name
      state.since = ContinuousClock.now
      return true
    }
  }

  func end() {
    let answered = state.withLock { state -> String? in
      defer { state.path = nil }
      return state.isGivenUp ? state.file : nil
    }
    if let answered { reads.hasAnswered(answered) }
  }

  /// Notes that the file does not answer, if the thread has waited for it since before `deadline`. In one step: an answer
  /// that comes at this moment is reported by `end`, or there is nothing to report.
  ///
  /// - Returns: Whether the thread waits.
  func giveUp(waitingSince deadline: ContinuousClock.Instant) -> Bool {
    state.withLock { state in
      guard state.since < deadline, let file = state.file else { return false }
      state.isGivenUp = true
      reads.markSilent(file, since: state.since)
      return true
    }
  }

  func giveUp() { state.withLock { $0.isGivenUp = true } }
}

/// The path of a directory as the host spells it, which is built only for an error message.
final class SysfsPath: Sendable {
  private let above: SysfsPath?
  private let name: String
  /// The descriptor's position is no longer at the start.
  let isListed = Atomic(false)

  init(_ name: String, in above: SysfsPath? = nil) {
    self.above = above
    self.name = name
  }

  var text: String { above.map { "\($0.text)/\(name)" } ?? name }
}
