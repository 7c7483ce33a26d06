/// How long to wait before the next try: twice as long each time, and never for all nodes at once.
struct Backoff {
  private let first: Double
  private let most: Double
  private var next: Double

  init(first: Double, most: Double) {
    self.first = first
    self.most = most
    next = first
  }

  /// Half of it is fixed, half is chance. A server that names a time is waited for at least so long.
  mutating func delay(atLeast retryAfter: Int? = nil) -> Duration {
    let seconds = next / 2 + Double.random(in: 0...(next / 2))
    next = min(most, next * 2)
    guard let retryAfter else { return .seconds(seconds) }
    return .seconds(Double(retryAfter) + seconds)
  }

  mutating func reset() { next = first }
}
