import CLinux

/// Whether a thread has more to do than it can, and of a kind that another could do beside it: for some time it has hardly
/// had to wait, and was in methods of ours for most of it.
///
/// What the core does for a connection it does on one thread after the other, whoever helps: there help only costs, and a
/// flood of calls that are never answered takes twice the memory.
struct Backlog {
  private var tasks = 0
  private var waits = 0
  private var began = ContinuousClock.now
  private var spent = Duration.zero

  /// Enough that a burst, which is over before help comes, is none.
  private static let span = 64
  private static let fewWaits = 4
  private static let canBeShared = clinux_processors() > 1

  /// To be asked after each task, on the thread that does them. `spent` is all the time that methods have taken.
  mutating func isThere(afterMethodsOf spent: Duration) -> Bool {
    tasks += 1
    guard tasks == Self.span, Self.canBeShared else { return false }
    let now = ContinuousClock.now
    let waits = clinux_thread_waits()
    defer { (tasks, self.waits, began, self.spent) = (0, waits, now, spent) }
    return waits - self.waits < Self.fewWaits && (spent - self.spent) * 2 > now - began
  }
}
