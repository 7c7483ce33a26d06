/// The end of the time for one piece of work, and how much is left.
public struct Deadline: Sendable {
  public let instant: ContinuousClock.Instant

  public init(_ instant: ContinuousClock.Instant) { self.instant = instant }

  /// The deadline that is `duration` from now.
  public static func after(_ duration: Duration) -> Deadline { Deadline(.now + duration) }

  /// Zero once it has passed.
  public var remaining: Duration { max(.zero, instant - .now) }

  public var hasPassed: Bool { remaining == .zero }

  /// What a single call may take: `limit`, or what is left.
  func bounding(_ limit: Duration) -> Duration { min(limit, remaining) }
}
