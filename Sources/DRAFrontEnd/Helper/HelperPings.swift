/// Whether the connected helper answers. A process that hangs keeps its connection.
///
/// A new ping is sent only after the last one was answered, so pings do not pile up in a helper that hangs.
struct HelperPings {
  private var last = 0
  private var isWaiting = false
  /// Whether a ping was not answered before the next one was due.
  private(set) var isSilent = false

  /// Notes that a ping is due.
  ///
  /// - Returns: The number of the ping to send; nil when the last one has no answer yet.
  mutating func next() -> Int? {
    isSilent = isWaiting
    guard !isWaiting else { return nil }
    isWaiting = true
    last += 1
    return last
  }

  /// Notes an answer. One to a ping of an earlier connection does not count.
  mutating func answered(_ id: Int) {
    guard id == last else { return }
    isWaiting = false
    isSilent = false
  }

  /// Notes that another helper is connected, or none.
  mutating func begin() {
    isWaiting = false
    isSilent = false
    last += 1
  }
}
