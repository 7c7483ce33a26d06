/// The time at which one piece of work must end.
struct Deadline: Sendable {
  let instant: ContinuousClock.Instant

  init(_ instant: ContinuousClock.Instant) { self.instant = instant }

  /// The deadline `duration` from now.
  static func after(_ duration: Duration) -> Deadline { Deadline(.now + duration) }

  /// The time left; zero when the deadline has passed.
  var remaining: Duration { max(.zero, instant - .now) }

  var hasPassed: Bool { remaining == .zero }

  /// The limit for a single call: `limit`, or the time left if that is less.
  func bounding(_ limit: Duration) -> Duration { min(limit, remaining) }
}
