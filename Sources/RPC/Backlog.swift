import CLinux

/// Whether a thread has more to do than it can: for some time it has hardly had to wait for work.
struct Backlog {
  private var tasks = 0
  private var waits = 0

  /// Enough that a burst, which is over before help comes, is none.
  private static let span = 64
  private static let fewWaits = 4
  private static let canBeShared = clinux_processors() > 1

  /// To be asked after each task, on the thread that does them.
  mutating func isThere() -> Bool {
    tasks += 1
    guard tasks == Self.span, Self.canBeShared else { return false }
    tasks = 0
    let before = waits
    waits = clinux_thread_waits()
    return waits - before < Self.fewWaits
  }
}
