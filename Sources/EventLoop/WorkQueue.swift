import CLinux
import Glibc
import Synchronization

/// Work for one thread, which sleeps in the kernel while there is none: no clock wakes it but that of work that waits for
/// its time.
final class WorkQueue<Work: Sendable>: Sendable {
  private struct State {
    var ready: [Work] = []
    /// The next one last.
    var later: [(moment: Int64, alarm: Alarm, work: Work)] = []
    var lastAlarm: Alarm = 0
    var isAsleep = false
    var isClosed = false
  }

  /// Names work that waits for its time.
  typealias Alarm = UInt64

  private let state = Mutex(State())
  /// Given back when the last user has gone.
  private nonisolated(unsafe) let bell = clinux_bell_create()

  deinit { clinux_bell_destroy(bell) }

  func add(_ work: Work) {
    change { $0.ready.append(work) }
  }

  /// To be done when so many nanoseconds have passed.
  func add(_ work: Work, after nanoseconds: Int64) -> Alarm {
    let (sum, isTooFar) = Self.now.addingReportingOverflow(nanoseconds)
    let moment = isTooFar ? Int64.max : sum
    return change { state in
      state.lastAlarm += 1
      // Before those of the same moment: what was asked for first comes first.
      let place = state.later.firstIndex { $0.moment <= moment } ?? state.later.endIndex
      state.later.insert((moment, state.lastAlarm, work), at: place)
      return state.lastAlarm
    }
  }

  /// Does nothing when its time has come.
  func forget(_ alarm: Alarm) {
    state.withLock { state in state.later.removeAll { $0.alarm == alarm } }
  }

  /// What is ready is still handed out; what waits for its time is dropped.
  func close() {
    change { $0.isClosed = true }
  }

  /// What is ready, in the order in which it came; waits until something is. Nil when the queue was closed.
  func next() -> [Work]? {
    while true {
      let (work, isClosed, patience) = state.withLock { state -> ([Work], Bool, Int64) in
        Self.promote(&state)
        defer { state.ready.removeAll() }
        state.isAsleep = state.ready.isEmpty && !state.isClosed
        return (state.ready, state.isClosed, state.later.last.map { max(0, $0.moment - Self.now) } ?? -1)
      }
      if !work.isEmpty { return work }
      if isClosed { return nil }
      clinux_bell_wait(bell, patience)
    }
  }

  private func change<Answer>(_ body: (inout State) -> Answer) -> Answer {
    let (answer, isAsleep) = state.withLock { state in
      let answer = body(&state)
      defer { state.isAsleep = false }
      return (answer, state.isAsleep)
    }
    if isAsleep { clinux_bell_ring(bell) }
    return answer
  }

  private static func promote(_ state: inout State) {
    guard !state.later.isEmpty else { return }
    let now = now
    while let next = state.later.last, next.moment <= now {
      state.ready.append(next.work)
      state.later.removeLast()
    }
  }

  /// Nanoseconds of CLOCK_MONOTONIC.
  private static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
