/// The delay before the next try: it doubles each time and has a random part, so that nodes do not try together.
struct Backoff {
  private let first: Double
  private let most: Double
  private var next: Double

  init(first: Double, most: Double) {
    self.first = first
    self.most = most
    next = first
  }

  /// Half of the delay is fixed, half is random. It is at least the time that a server names in Retry-After.
  mutating func delay(atLeast retryAfter: Int? = nil) -> Duration {
    let seconds = next / 2 + Double.random(in: 0...(next / 2))
    next = min(most, next * 2)
    guard let retryAfter else { return .seconds(seconds) }
    return .seconds(Double(retryAfter) + seconds)
  }

  mutating func reset() { next = first }
}
