/// Detects a hanging event loop. It is informed of the begin and end of each turn, with times in seconds of a monotonic
/// clock.
public struct EventLoopWatchdog: Sendable, Equatable {
  /// A longer turn hangs, e.g. in a driver that does not answer a read.
  static let turnLimit = 120.0
  /// The safety scan makes a turn each minute, so a longer pause is a fault.
  static let silenceLimit = 180.0

  private var turn: (what: String, began: Double)?
  private var lastEnd: Double

  /// Begins to watch; the loop counts as idle since `now`.
  public init(at now: Double) { lastEnd = now }

  /// Notes that a turn begins; `what` names it in the fault.
  public mutating func begin(_ what: String, at now: Double) { turn = (what, now) }

  /// Notes that the turn has ended.
  public mutating func end(at now: Double) {
    turn = nil
    lastEnd = now
  }

  /// Returns why the loop counts as hanging; nil while it works.
  public func fault(at now: Double) -> String? {
    if let turn, now - turn.began > Self.turnLimit {
      return "the event loop has been at '\(turn.what)' for \(Int(now - turn.began)) s"
    }
    if turn == nil, now - lastEnd > Self.silenceLimit {
      return
        "the event loop has had nothing to do for \(Int(now - lastEnd)) s, though it looks at the host every minute"
    }
    return nil
  }

  public static func == (a: EventLoopWatchdog, b: EventLoopWatchdog) -> Bool {
    a.turn?.what == b.turn?.what && a.turn?.began == b.turn?.began && a.lastEnd == b.lastEnd
  }
}

extension ContinuousClock.Instant {
  private static let start = ContinuousClock.now

  /// Seconds since a fixed moment of this process.
  public var seconds: Double { (self - Self.start) / .seconds(1) }
}
