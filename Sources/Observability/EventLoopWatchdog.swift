/// Detects an event loop that hangs: it learns when each turn begins and ends, in seconds of a clock that
/// only goes forward.
public struct EventLoopWatchdog: Sendable, Equatable {
  /// A longer turn hangs: a driver does not answer a read, or a tool exceeds its own limit.
  public static let turnLimit = 120.0
  /// The safety scan alone makes one turn each minute.
  public static let silenceLimit = 180.0

  private var turn: (what: String, began: Double)?
  private var lastEnd: Double

  public init(at now: Double) { lastEnd = now }

  /// A turn begins; `what` names it in the fault.
  public mutating func begin(_ what: String, at now: Double) { turn = (what, now) }

  /// The turn has ended.
  public mutating func end(at now: Double) {
    turn = nil
    lastEnd = now
  }

  /// Why the loop counts as hanging; nil while it makes turns.
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

  /// Since some moment of this process.
  public var seconds: Double { (self - Self.start) / .seconds(1) }
}
